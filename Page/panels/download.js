/** Files for whoever looks: CSV and pictures, as blobs. @module */

/** Gives somebody a file. */
export function saveBlob(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Gives somebody rows as CSV (RFC 4180, with a byte order mark so that spreadsheets read Korean). */
export function saveCsv(head, rows, name) {
  const lines = [head, ...rows].map((row) => row.map(cell).join(","));
  saveBlob(new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" }),
    `${name}.csv`);
}

function cell(value) {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

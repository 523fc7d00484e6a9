/** What a worker does with messages: runs the task that each names, and answers. @module */

/** @param {Object<string, (data: object) => [any, ArrayBuffer[]]>} tasks  what each answers, and what it hands over */
export function serve(tasks) {
  self.addEventListener("message", ({ data }) => {
    try {
      const [answer, buffers] = tasks[data.task](data);
      self.postMessage({ id: data.id, answer }, buffers);
    } catch (error) {
      self.postMessage({ id: data.id, fault: error.message });
    }
  });
}

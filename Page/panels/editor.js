/**
 * The query editor, by CodeMirror. It lives in a shadow root, where CodeMirror adopts its style sheets; in
 * the document it would write style elements, which the page does not allow.
 * @module
 */
import { request } from "../core/api.js";
import { parts } from "./language.js";

/**
 * Makes an editor.
 * @param {Element} parent
 * @param {object} options
 * @param {string} options.text
 * @param {string} options.label  for screen readers
 * @param {() => void} options.onRun
 * @param {() => void} options.onChange
 * @param {(text: string, at: number) => Promise<object|null>} options.complete
 */
export async function makeEditor(parent, { text, label, onRun, onChange, complete }) {
  const cm = await import("/page/lib/codemirror/index.js");
  const setFault = cm.StateEffect.define();
  const faults = cm.StateField.define({
    create: () => cm.Decoration.none,
    update(marks, transaction) {
      for (const effect of transaction.effects) {
        if (effect.is(setFault)) return faultAt(cm, transaction.state.doc, effect.value);
      }
      return transaction.docChanged ? cm.Decoration.none : marks;
    },
    provide: (field) => cm.EditorView.decorations.from(field),
  });
  const looks = cm.ViewPlugin.fromClass(class {
    constructor(view) {
      this.decorations = coloured(cm, view.state.doc.toString());
    }

    update(update) {
      if (update.docChanged) this.decorations = coloured(cm, update.state.doc.toString());
    }
  }, { decorations: (plugin) => plugin.decorations });
  const known = [{ autocomplete: (context) => source(context, complete) }];
  const named = new cm.Compartment();
  const root = parent.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await request("GET", "/page/panels/editor.css", { as: "text" }));
  root.adoptedStyleSheets = [sheet];
  const view = new cm.EditorView({
    parent: root,
    root,
    doc: text,
    extensions: [
      cm.Prec.highest(cm.keymap.of([{ key: "Mod-Enter", run: () => (onRun(), true) }])),
      cm.basicSetup,
      cm.EditorView.lineWrapping,
      cm.EditorView.domEventHandlers({ beforeinput: overSelection, keydown: overSelection }),
      looks,
      faults,
      named.of(cm.EditorView.contentAttributes.of({ "aria-label": label })),
      cm.EditorState.languageData.of(() => known),
      cm.EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange();
      }),
    ],
  });
  return {
    text: () => view.state.doc.toString(),
    focus: () => view.focus(),
    set(value) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
    },
    name(value) {
      const attributes = cm.EditorView.contentAttributes.of({ "aria-label": value });
      view.dispatch({ effects: named.reconfigure(attributes) });
    },
    /** Marks the character at a place as wrong and goes there; `null` marks nothing. */
    fault(place) {
      view.dispatch({ effects: setFault.of(place) });
      if (place === null) return;
      view.dispatch({ selection: { anchor: place }, scrollIntoView: true });
      view.focus();
    },
  };
}

/** What may come at the cursor: asked for, or once something was begun. */
async function source(context, complete) {
  const found = await complete(context.state.doc.toString(), context.pos);
  const isBegun = found && (found.from < context.pos
    || /[.':]$/.test(context.state.sliceDoc(0, context.pos)));
  return isBegun || (found && context.explicit) ? { ...found, validFor: /^[\p{L}\p{N}_$:;.-]*$/u } : null;
}

/**
 * Typing over a selection: done here, as the browser would keep the look of what was there in a style
 * attribute, which the page does not allow.
 */
function overSelection(event, view) {
  if (view.state.selection.main.empty || view.composing) return false;
  if (event.type === "keydown") {
    if (event.key === "Process") view.dispatch(view.state.replaceSelection(""));
    return false;
  }
  if (event.inputType !== "insertText" || event.data === null) return false;
  event.preventDefault();
  view.dispatch({ ...view.state.replaceSelection(event.data), userEvent: "input.type",
    scrollIntoView: true });
  return true;
}

function coloured(cm, text) {
  const builder = new cm.RangeSetBuilder();
  for (const { from, to, kind } of parts(text)) {
    builder.add(from, to, cm.Decoration.mark({ class: `q-${kind}` }));
  }
  return builder.finish();
}

/** The word at a place, or a sign where the text ends. */
function faultAt(cm, doc, place) {
  if (place === null) return cm.Decoration.none;
  const rest = doc.sliceString(place);
  const length = /^(?:[\p{L}\p{N}_$]+|\S)?/u.exec(rest)[0].length;
  if (length === 0) {
    return cm.Decoration.set([cm.Decoration.widget({ widget: new (endSign(cm))(), side: 1 }).range(place)]);
  }
  return cm.Decoration.set([cm.Decoration.mark({ class: "q-fault" }).range(place, place + length)]);
}

function endSign(cm) {
  return class extends cm.WidgetType {
    toDOM() {
      const sign = document.createElement("span");
      sign.className = "q-fault end";
      sign.textContent = " ";
      return sign;
    }
  };
}

// Keys for the coding form. Everything here only fills in and sends the form, which works without it.
"use strict";

const form = document.getElementById("coding");
const boxes = [...form.querySelectorAll(".sentence input")];
const narrative = document.getElementById("narrative");
const words = document.getElementById("words");
const wordsAt = form.elements.words_at;
const keysOn = document.getElementById("keys-on");
const stored = "narratives-review-keys";

// Offsets in the database count code points; a browser counts UTF-16 units.
const points = (text) => [...text].length;
const textOf = (box) => box.nextElementSibling.textContent;
const current = () => Math.max(0, boxes.indexOf(document.activeElement));

function go(step) {
  const active = boxes.indexOf(document.activeElement);
  const next = active < 0 ? boxes.findIndex((box) => box.autofocus) : active + step;
  const box = boxes[Math.min(boxes.length - 1, Math.max(0, next))];
  box?.focus();
  box?.scrollIntoView({ block: "nearest" });
}

function press(value) {
  const button = document.createElement("button");
  button.name = "action";
  button.value = value;
  button.hidden = true;
  form.append(button);
  setTimeout(() => button.click()); // after the key is let go: the next page does not get half of it
}

// The words of the first picked sentence, with their places; the label may be narrowed to some of them.
function parts() {
  const box = boxes.find((one) => one.checked) ?? boxes[current()];
  const found = [...textOf(box).matchAll(/\S+/g)];
  return { box, found, text: textOf(box) };
}

let from = 0;
let cut = 0;
function narrow(left, right) {
  const { box, found, text } = parts();
  from = Math.min(Math.max(0, from + left), found.length - 1);
  cut = Math.min(Math.max(0, cut + right), found.length - 1 - from);
  const last = found[found.length - 1 - cut];
  const start = found[from].index;
  const whole = from === 0 && cut === 0;
  box.checked = true;
  words.value = whole ? "" : text.slice(start, last.index + last[0].length);
  wordsAt.value = whole ? "" : Number(box.dataset.start) + points(text.slice(0, start));
}

function forget() {
  from = 0;
  cut = 0;
  wordsAt.value = "";
}

const actions = {
  j: () => go(1),
  ArrowDown: () => go(1),
  k: () => go(-1),
  ArrowUp: () => go(-1),
  x: () => boxes[current()].click(),
  "/": () => narrative.focus(),
  1: () => document.getElementById("v-own").click(),
  2: () => document.getElementById("v-attributed").click(),
  3: () => document.getElementById("v-rejected").click(),
  a: () => press("add"),
  u: () => press(`remove:${form.querySelectorAll('[name="label"]').length - 1}`),
  w: () => words.focus(),
  "[": () => narrow(0, 1),
  "]": () => narrow(0, -1),
  "(": () => narrow(1, 0),
  ")": () => narrow(-1, 0),
  c: () => document.getElementById("comment").focus(),
  d: () => press("done"),
  n: () => press("nothing"),
  "?": () => {
    const help = document.querySelector(".keys");
    help.open = !help.open;
  },
};

document.addEventListener("keydown", (event) => {
  const field = event.target;
  const typing = field.matches("textarea, input[type=text]");
  if (event.key === "Escape" && typing) {
    field.blur();
    go(0);
    return;
  }
  const named = event.key.startsWith("Arrow");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || field.matches("input[type=radio]") && named) return;
  if (!keysOn.checked && !named) return;
  const action = actions[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
});

// Words marked with the mouse inside one sentence become the words of the label.
document.addEventListener("mouseup", () => {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  const label = range.startContainer.parentElement?.closest(".sentence label");
  if (!label || label !== range.endContainer.parentElement?.closest(".sentence label")) return;
  const text = selection.toString();
  const before = label.textContent.slice(0, range.startOffset);
  const box = label.previousElementSibling;
  words.value = text.trim();
  wordsAt.value = Number(box.dataset.start) + points(before) + points(text) - points(text.trimStart());
  setTimeout(() => { box.checked = true; });
});

boxes.forEach((box) => box.addEventListener("change", () => { words.value = ""; forget(); }));
words.addEventListener("input", forget);

keysOn.checked = localStorage.getItem(stored) !== "off";
keysOn.addEventListener("change", () => localStorage.setItem(stored, keysOn.checked ? "on" : "off"));

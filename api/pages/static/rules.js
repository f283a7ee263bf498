// The editor of rules: a fault leads to its line, and nobody leaves an unsaved text unawares.
"use strict";
(() => {
  const text = document.getElementById("text");
  const form = document.getElementById("draft");
  if (!text || !form) return;
  document.querySelectorAll("[data-line]").forEach((button) => {
    button.addEventListener("click", () => {
      const lines = text.value.split("\n");
      const line = Math.min(Number(button.dataset.line), lines.length);
      const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
      text.focus();
      text.setSelectionRange(start, start + lines[line - 1].length);
      text.scrollTop = (line - 4) * (text.scrollHeight / lines.length);
      text.scrollLeft = 0;
    });
  });
  const kept = text.value;
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && text.value !== kept) event.preventDefault();
  });
})();

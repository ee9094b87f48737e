// A form that changes or asks something sends its values to the server of its page, with a key:
// however often it is sent, the gateway makes a change once. What came of it is told in an outcome.
(() => {
  "use strict";
  const dash = () => window.dash_clientside;
  const keys = new WeakMap();

  const newKey = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // A form within a table of another one has its button there.
  const button = (form) =>
    form.querySelector("button[type=submit]:not([form])") ?? document.querySelector(`button[form="${form.id}"]`);

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-change]");
    if (!form) return;
    event.preventDefault();
    if (!keys.has(form)) keys.set(form, newKey());
    button(form).disabled = true;
    setTimeout(() => { button(form).disabled = false; }, 30_000);
    const { change, sends } = form.dataset;
    const values = {};
    // What is chosen several times under one name is sent in its order, apart by spaces.
    for (const [of, value] of new FormData(form)) {
      values[of] = of in values ? `${values[of]} ${value}` : value;
    }
    const data = { change, form: form.id, key: keys.get(form), values, at: Date.now() };
    dash().set_props(sends, { data });
  });

  // A mistake stands at its field, too. What nobody knows the outcome of keeps its key.
  const settle = (outcome) => {
    const form = document.getElementById(outcome.dataset.form);
    if (form) settleForm(form, outcome);
    // Whom an answer was about leaves the page once something was made of it.
    if (outcome.dataset.result === "done")
      document.querySelectorAll("[data-result=answered]").forEach((answer) => answer.remove());
    outcome.focus();
  };

  const settleForm = (form, outcome) => {
    button(form).disabled = false;
    form.querySelectorAll("[aria-invalid]").forEach((field) => {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    });
    outcome.querySelectorAll("[data-field]").forEach((mistake) => {
      const field = form.elements[mistake.dataset.field];
      field?.setAttribute("aria-invalid", "true");
      field?.setAttribute("aria-describedby", mistake.id);
    });
    const { result } = outcome.dataset;
    if (result !== "unknown") keys.delete(form);
    if (result === "done") form.reset();
    if (["done", "partly"].includes(result)) dash().set_props("asked", { data: Date.now() });
  };

  new MutationObserver((changes) => changes.forEach(({ addedNodes }) => {
    addedNodes.forEach((node) => {
      const outcome = node.nodeType === Node.ELEMENT_NODE && node.querySelector("[data-result]");
      if (outcome) settle(outcome);
    });
  })).observe(document.documentElement, { subtree: true, childList: true });
})();

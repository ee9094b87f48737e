// What every page does in the browser: it follows its address, and the address its controls.
// A page's Python names these functions (components/page.py); each is a clientside callback.
(() => {
  "use strict";

  // By its nonce the browser knows that a style of Mantine's is ours.
  const nonce = () => document.querySelector('meta[name="csp-nonce"]')?.content ?? "";
  window.dashMantineFunctions = { ...window.dashMantineFunctions, nonce };

  // Where the library is that a graph loads for itself, if no page before has: Dash names its own.
  const plotly = document.querySelector('meta[name="plotly"]')?.content;
  Object.defineProperty(window, "_dashPlotlyJSURL", { get: () => plotly, set: () => {} });

  const dash = () => window.dash_clientside;
  const go = (query) => {
    loud();
    dash().set_props("address", { search: String(query).replaceAll("%2C", ",") });
  };
  const searchOf = (query) => (String(query) ? `?${query}` : "");

  const UNSETTLED = "[data-again], [data-dash-is-loading=true]";

  // The address of this page, and when news was wanted. Another page's address is none of its.
  const follow = (href, asked, state) => {
    const { pathname, search, hash } = new URL(href ?? location.href);
    // What a page is about may stand behind the #, which no server is sent with the address.
    const about = hash.startsWith("#of=") ? decodeURIComponent(hash.slice(4)) : "";
    const isSame =
      search === state.search && asked === state.asked && about === (state.about ?? "");
    const { no_update } = dash();
    if (pathname !== state.path || isSame) return [no_update, no_update];
    if (state.search === undefined) arrive();
    // What is shown now comes back while the gateway does not answer what is asked next.
    const isShown = state.search !== undefined && !document.querySelector(UNSETTLED);
    const next = { ...state, search, asked, about, good: isShown ? state.search : state.good };
    return [next, asked === state.asked ? no_update : next];
  };

  // Whoever came by a link is at the beginning of what they came for.
  let isFirst = true;
  const arrive = () => {
    if (!isFirst) document.getElementById("main")?.focus({ preventScroll: true });
    isFirst = false;
  };

  const valueIn = (query, key, state) => query.get(key) ?? state.usual[key] ?? "";

  // A control that was changed changes the address, and nothing else.
  const choose = (...values) => {
    const state = values.at(-1);
    const query = new URLSearchParams(location.search);
    const before = String(query);
    const put = (key, value) =>
      value === (state.usual[key] ?? "") ? query.delete(key) : query.set(key, value);
    dash().callback_context.triggered.forEach(({ prop_id, value }) => {
      const key = prop_id.slice(state.name.length + 1).split(".")[0];
      if (key === "months") {
        const [first, last] = (value ?? []).map((day) => day?.slice(0, 7));
        if (!first || !last) return;
        if (first === query.get("first") && last === query.get("last")) return;
        put("period", "custom");
        put("first", first);
        put("last", last);
        return;
      }
      const text = Array.isArray(value) ? value.join(",") : value ?? "";
      if (text === valueIn(query, key, state) || (key === "period" && !text)) return;
      if (key === "period") ["first", "last"].forEach((each) => query.delete(each));
      put(key, text);
    });
    if (String(query) !== before) go(searchOf(query));
  };

  // The other way: going back, a link or a chip changes what the controls show. They are no outputs
  // of the callback: Dash would draw each of them twice, as loading and as loaded.
  const show = (state) => {
    const query = new URLSearchParams(state.search);
    const valueOf = (id) => {
      const key = id.slice(state.name.length + 1);
      const text = valueIn(query, key, state);
      const isCustom = query.get("period") === "custom";
      if (key === "months") {
        return isCustom ? ["first", "last"].map((each) => `${query.get(each)}-01`) : [null, null];
      }
      if (key === "period" && isCustom) return "";
      return state.many.includes(key) ? text.split(",").filter(Boolean) : text;
    };
    dash().callback_context.states_list.forEach(({ id, value: shown }) => {
      const value = valueOf(id);
      if (String(value) !== String(shown ?? "")) dash().set_props(id, { value });
    });
  };

  // Plain elements stand in the attribute data-html of their element (components/html_part.py, where
  // every text was escaped). Of its children those that are alike stay; what was opened stays open, and
  // what was chosen stays chosen.
  const fill = (element) => {
    const made = document.createElement("template");
    made.innerHTML = element.dataset.html;
    const shown = [...element.childNodes];
    const wanted = [...made.content.childNodes];
    wanted.forEach((node, n) => {
      if (!shown[n]) return element.append(node);
      if (shown[n].isEqualNode(node)) return;
      const opened = shown[n].querySelectorAll?.("details") ?? [];
      node.querySelectorAll?.("details").forEach((each, i) => (each.open = opened[i]?.open ?? false));
      const chosen = [...(shown[n].querySelectorAll?.("input[type=checkbox]:checked") ?? [])].map((each) => each.value);
      node.querySelectorAll?.("input[type=checkbox]").forEach((each) => (each.checked ||= chosen.includes(each.value)));
      shown[n].replaceWith(node);
    });
    shown.slice(wanted.length).forEach((node) => node.remove());
  };
  const fillAll = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.dataset.html !== undefined) fill(node);
    else node.querySelectorAll("[data-html]").forEach(fill);
  };
  new MutationObserver((changes) => changes.forEach((change) => {
    const { attributeName, target } = change;
    if (attributeName === "data-html") fill(target);
    else if (attributeName === "data-title") document.title = target.dataset.title || document.title;
    else change.addedNodes.forEach(fillAll);
  })).observe(document.documentElement, {
    subtree: true, childList: true, attributeFilter: ["data-html", "data-title"],
  });

  // A click on a map chooses a place, or lets it go again.
  const choosePlace = (clicked, state) => {
    const code = clicked?.points?.[0]?.customdata?.[0];
    if (code) {
      const query = new URLSearchParams(location.search);
      const by = valueIn(query, "by", state);
      const codes = valueIn(query, by, state).split(",").filter(Boolean);
      const left = codes.includes(code) ? codes.filter((each) => each !== code) : [...codes, code];
      left.length ? query.set(by, left.join(",")) : query.delete(by);
      go(searchOf(query));
    }
    return null;
  };

  window.dash_clientside = {
    ...window.dash_clientside,
    gerbang: { follow, choose, show, choosePlace },
  };

  // A link that only changes the query changes the address without loading the page anew. The part
  // that holds it may be drawn again: the link that was followed must not lose the focus by that.
  let followed = null;
  new MutationObserver(() => {
    if (followed && document.activeElement === document.body) {
      const links = [...document.querySelectorAll(`#${followed.id} a`)];
      const again = links.find((link) => link.textContent === followed.text);
      (again ?? document.getElementById("main"))?.focus({ preventScroll: true });
      followed = null;
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    const link = event.target.closest?.("a[href^='?']");
    if (link && isPlain) {
      event.preventDefault();
      followed = { id: link.closest("[id]").id, text: link.textContent };
      go(link.getAttribute("href"));
    }
    const inside = event.target.closest?.("a[data-inside]");
    if (inside && isPlain) {
      event.preventDefault();
      loud();
      // The next rows of a list stand where the ones before stood; another page is read from above.
      if (inside.pathname === location.pathname) {
        followed = { id: inside.closest("[id]").id, text: inside.textContent };
      } else window.scrollTo(0, 0);
      dash().set_props("address", { pathname: inside.pathname, search: inside.search, hash: inside.hash });
    }
    // Skipping what surrounds a page leaves its address as it is.
    if (event.target.closest?.("a.skip")) {
      event.preventDefault();
      document.getElementById("main").focus();
    }
    const file = event.target.closest?.("a[href^='/export'], a[href^='/report'], a[href^='/my-data.json']");
    if (file) {
      const address = new URL(file.href);
      address.searchParams.set("for", drawnFor());
      file.href = address;
    }
    const defined = event.target.closest?.("[data-define]");
    if (defined) dash().set_props("defined", { data: [defined.dataset.define, Date.now()] });
  });

  // A field by which somebody names what the page is to be about.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-opens]");
    if (!form) return;
    event.preventDefault();
    loud();
    const { opens } = form.dataset;
    dash().set_props("address", { hash: `#${opens}=${form.elements[opens].value.trim().toUpperCase()}` });
    form.reset();
  });

  const drawnFor = () => document.getElementById("page")?.dataset.drawnFor ?? "";

  // A page says for whom it was drawn, in the links to its files too. That its session has ended
  // (401), or is somebody else's or of another role by now (409), shows in the answers to its own
  // questions.
  const ask = window.fetch;
  window.fetch = async (address, question = {}) => {
    const headers = new Headers(question.headers);
    headers.set("Gerbang-Drawn-For", drawnFor());
    const answer = await ask(address, { ...question, headers });
    if (![401, 409].includes(answer.status)) return answer;
    location.reload();
    return new Promise(() => {});
  };

  // The figures keep themselves fresh: every minute while somebody looks, sooner while something
  // is wrong, and never while somebody is in the middle of something.
  const EVERY = 60_000;
  const AGAIN = 10_000;
  const root = document.documentElement;
  let asked = Date.now();

  const isBusy = () =>
    document.hidden ||
    document.activeElement?.closest("input:not([type=radio]), select, textarea, [role=listbox], [role=dialog]") ||
    document.querySelector("[role=dialog], [role=menu]") ||
    root.querySelector("[data-dash-is-loading=true]") ||
    [...document.querySelectorAll("form[data-change] :is(input:not([type=checkbox]), textarea)")]
      .some(({ value, defaultValue }) => value !== defaultValue);

  // An address that was chosen is answered visibly; only a refresh is quiet.
  const loud = () => {
    asked = Date.now();
    delete root.dataset.quiet;
  };
  window.addEventListener("popstate", loud);

  const refresh = () => {
    const waits = document.querySelector("[data-live]") ? window.gerbangNews?.seconds() : undefined;
    const wait = document.querySelector("[data-again]") ? AGAIN : waits === undefined ? EVERY : waits * 1_000;
    if (Date.now() - asked < wait || isBusy()) return;
    window.gerbangNews?.taken();
    asked = Date.now();
    root.dataset.quiet = "";
    dash().set_props("asked", { data: asked });
  };
  setInterval(refresh, 1_000);
  document.addEventListener("visibilitychange", refresh);
})();

// A part of the page, whose content is HTML. Only what differs is changed: everything else stays
// as it is, with its focus, its scroll, and what somebody has opened.
(() => {
  "use strict";

  const steady = {
    morphStyle: "innerHTML",
    callbacks: { beforeAttributeUpdated: (name) => name !== "open" },
  };

  const Part = ({ tag, content, setProps, ...attributes }) => {
    const element = window.React.useRef();
    const isLoading = window.dash_component_api.useDashContext().useLoading();
    window.React.useLayoutEffect(() => {
      window.Idiomorph.morph(element.current, content ?? "", steady);
    }, [content]);
    const loading = isLoading ? { "data-dash-is-loading": true } : {};
    return window.React.createElement(tag, { ...attributes, ...loading, ref: element });
  };

  window.gerbang = { Part };
})();

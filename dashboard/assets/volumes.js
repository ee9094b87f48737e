// The page Volumes: a query to copy, and a picture to take away with its title, source and time.
(() => {
  "use strict";
  const SIZE = { width: 1100, height: 640 };
  const INK = "#13212d";
  const QUIET = "#52616e";

  const textOf = (selector) => document.querySelector(selector)?.innerText.trim() ?? "";

  const lines = (selector) =>
    [...document.querySelectorAll(selector)].map((each) => each.innerText.trim()).filter(Boolean);

  // Long sentences do not break by themselves in a picture.
  const broken = (text, length) =>
    text
      .split(" ")
      .reduce((rows, word) => {
        const last = rows.at(-1);
        if (`${last} ${word}`.length > length) rows.push(word);
        else rows[rows.length - 1] = `${last} ${word}`.trim();
        return rows;
      }, [""])
      .join("<br>");

  // The classes of a map in words, each after its colour by day, which its sign is named by.
  const legend = (name) =>
    [...document.querySelectorAll(`#${name}-note .legend li:not(.way)`)].map((item) => {
      const shade = item.querySelector(".sign")?.className.match(/shade-([0-9a-f]{6})/)?.[1];
      const text = item.innerText.replace(/\s+/g, " ").trim();
      return shade ? `<span style="color:#${shade}">\u25A0</span> ${text}` : "";
    }).filter(Boolean).join("   ");

  // What the style sheet says on the page is said in the picture itself, always by day.
  const drawn = (plot, name) => {
    const { layout } = plot;
    const source = [textOf("#volumes-heading .compared"), ...lines("#volumes-heading .facts li")];
    const margin = { ...layout.margin, t: (layout.margin?.t ?? 0) + 64, b: (layout.margin?.b ?? 0) + 84 };
    return {
      ...layout,
      ...SIZE,
      margin,
      autosize: false,
      paper_bgcolor: "#ffffff",
      plot_bgcolor: "#ffffff",
      font: { ...layout.font, color: QUIET },
      title: {
        text: `<b>${broken(textOf(`#${name}-title`), 90)}</b>`,
        font: { size: 20, color: INK },
        x: 0.02, xanchor: "left", y: 0.97, yanchor: "top",
      },
      legend: { ...layout.legend, y: 0.9, font: { size: 12, family: "sans-serif" } },
      annotations: [
        ...(layout.annotations ?? []),
        {
          text: [legend(name), broken([...source, location.href].join(" · "), 150)].filter(Boolean).join("<br>"),
          showarrow: false, xref: "paper", yref: "paper", x: 0, xanchor: "left", align: "left",
          y: 0, yanchor: "top", yshift: -((layout.margin?.b ?? 0) + 8), font: { size: 12, color: QUIET },
        },
      ],
      ...(layout.geo && {
        geo: { ...layout.geo, landcolor: "#e4e9ed", coastlinecolor: "#ffffff", bgcolor: "#ffffff" },
      }),
    };
  };

  const download = async (button) => {
    const { picture: name, kind: format } = button.dataset;
    const plot = document.querySelector(`#${name} .js-plotly-plot`);
    if (!plot) return;
    button.disabled = true;
    try {
      const figure = { data: plot.data, layout: drawn(plot, name), config: plot._context };
      const href = await window.Plotly.toImage(figure, { format, ...SIZE, scale: 2 });
      const link = Object.assign(document.createElement("a"), {
        href,
        download: `gerbang-${name}.${format}`,
      });
      link.click();
    } finally {
      button.disabled = false;
    }
  };

  const copy = async (button) => {
    await navigator.clipboard.writeText(button.parentElement.querySelector("code").innerText);
    const words = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = words), 2_000);
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-picture], [data-copy]");
    if (button?.dataset.picture) download(button);
    else if (button) copy(button);
  });
})();

// Monaco cancels what it still had to do when an editor goes, and leaves that rejection unhandled
// (microsoft/monaco-editor#4702). It is no fault, so the console does not report it as one.
addEventListener("unhandledrejection", (event) => {
  if (event.reason?.name === "Canceled" && event.reason.message === "Canceled") event.preventDefault();
});

// Reference data is a history of decrees. What holds on a day is the newest that is valid by then.

/** Today as the directorate counts days: in Jakarta. "2026-11-29" */
export const today = () => new Intl.DateTimeFormat("sv", { timeZone: "Asia/Jakarta" }).format();

/** Of `{ validFrom }`s, the one in force on a day; undefined before the first. */
export function inForce(history, on = today()) {
  return history
    .filter(({ validFrom }) => validFrom <= on)
    .reduce((newest, row) => (newest && newest.validFrom > row.validFrom ? newest : row), undefined);
}

/** The same where each value of `key` has a history of its own: one row for each. */
export function inForceBy(key, history, on = today()) {
  const values = new Set(history.map((row) => row[key]));
  return [...values].flatMap(
    (value) => inForce(history.filter((row) => row[key] === value), on) ?? [],
  );
}

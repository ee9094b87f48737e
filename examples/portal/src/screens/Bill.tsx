// What is to be paid, under which code; and another code, once the last one has lapsed.

import { mistakesOf } from "@gerbang/client";
import { useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../generated/index.ts";
import type { MineQuery } from "../generated/graphql.ts";
import { useWords } from "../texts.ts";

const RenewBill = graphql(`
  mutation RenewBill($input: RenewBillInput!) {
    renewBill(input: $input) { bill { code } errors { code message path } }
  }
`);

type Own = NonNullable<MineQuery["applications"]>["nodes"][number];
type Billed = { id: string; bill: NonNullable<Own["bill"]>; waits: boolean; changed: () => void };

/** The bill of a file that waits for its payment, or of one whose payment the bank took back. */
export function Bill({ id, bill, waits, changed }: Billed) {
  const { t, day, money } = useWords();
  const [mistake, setMistake] = useState("");
  // One key as long as the bill has its code: pressed twice, it is renewed once.
  const [key] = useState(() => crypto.randomUUID());
  const [{ fetching }, renew] = useMutation(RenewBill);
  const isReversed = Boolean(bill.reversedAt);
  const family = bill.familyFee && `, ${t("together")} ${money(bill.familyFee)},`;
  if (!isReversed && (bill.paidAt || !waits)) return null;

  async function renewIt() {
    const { data, error } = await renew({ input: { idempotencyKey: key, applicationId: id } });
    setMistake(mistakesOf(data?.renewBill, error?.graphQLErrors).elsewhere([])[0]?.message ?? "");
    changed();
  }

  if (!isReversed && new Date(bill.dueAt) > new Date())
    return (
      <p className="notice">
        {t("pay")}: <strong>{money(bill.fee)}</strong>{family} {t("payBy")} {day(bill.dueAt)}.{" "}
        {t("payCode")} <span className="code">{bill.code}</span>
      </p>
    );
  return (
    <div className="notice">
      <p>
        {t("pay")}: <strong>{money(bill.fee)}</strong>{family}. {t(isReversed ? "paymentGone" : "codeLapsed")}
      </p>
      <button disabled={fetching} onClick={() => void renewIt()}>
        {t("newCode")}
      </button>
      {mistake && <p role="status">{mistake}</p>}
    </div>
  );
}

import type { Case, Check, Expected } from "../Case.ts"
import * as WireReply from "../WireReply.ts"
import { numbered } from "../Seeds.ts"
import { withAccept, count, csv, serverError, get, idOf, jsonl, ok, post, send, sse } from "../Steps.ts"

const nop: Readonly<Record<string, string>> = {
  [jsonl]: '{"type":"nop","data":{}}\n',
  [sse]: "event: nop\ndata: {}\n\n"
}

const systemErrorJson = '{"code":"GENERIC_ERROR","message":"System error occurred"}'
const seeds = [{ contacts: numbered(150) }]

const nops = (wanted: number): Check => [
  `${wanted} nops, before all other events`,
  (reply) => {
    const types = WireReply.events(reply).map(({ type }) => type)
    return (
      types.filter((type) => type === "nop").length === wanted && types.slice(0, wanted).every((type) => type === "nop")
    )
  }
]

const stream = (accept: string, expected: Omit<Expected, "status">) =>
  send(withAccept("/contact/list", accept), { status: 200, headers: { "content-type": accept }, ...expected })

/** A case whose server reads pages slowly. */
const slow = (
  id: string,
  clauses: Case["clauses"],
  disturbance: NonNullable<Case["setup"]>["disturbance"] & {},
  steps: Case["steps"]
): Case => ({ id, clauses, needs: ["interceptor", "clock", "seed"], setup: { disturbance, seeds }, steps })

const streams: ReadonlyArray<Case> = [
  slow(
    "a-first-page-after-20-s",
    ["5.2.nop", "5.2.nop.once", "5.3.types"],
    { pages: { 0: { millis: 20_000 } } },
    [jsonl, sse].map((accept) =>
      stream(accept, {
        at: { head: 16_667, pieces: [16_667, 20_000, 20_000] },
        checks: [nops(1), count(150), ["the text starts with a nop", ({ text }) => text.startsWith(nop[accept] ?? "?")]]
      })
    )
  ),
  slow(
    "a-first-page-after-16.666-s",
    ["5.2.nop"],
    { pages: { 0: { millis: 16_666 } } },
    [jsonl, sse].map((accept) =>
      stream(accept, { at: { head: 16_666, pieces: [16_666, 16_666] }, checks: [nops(0), count(150)] })
    )
  ),
  slow("both-pages-after-20-s", ["5.2.nop.once"], { pages: { 0: { millis: 20_000 }, 1: { millis: 40_000 } } }, [
    stream(jsonl, { at: { head: 16_667, pieces: [16_667, 20_000, 60_000] }, checks: [nops(1), count(150)] })
  ]),
  slow("a-second-page-after-60-s", ["5.2.nop.once"], { pages: { 1: { millis: 60_000 } } }, [
    stream(jsonl, { at: { head: 0, pieces: [0, 60_000] }, checks: [nops(0), count(150)] })
  ]),
  slow("a-first-page-that-fails-after-20-s", ["5.2.error.after"], { pages: { 0: { millis: 20_000, fails: true } } }, [
    stream(jsonl, { text: `${nop[jsonl]}{"type":"error","data":${systemErrorJson}}\n` }),
    stream(sse, { text: `${nop[sse]}event: error\ndata: ${systemErrorJson}\n\n` })
  ]),
  slow(
    "a-first-page-that-fails-after-10-s",
    ["5.2.error.before.query"],
    { pages: { 0: { millis: 10_000, fails: true } } },
    [send(withAccept("/contact/list", jsonl), { ...serverError(), at: { head: 10_000 } })]
  ),
  slow("a-csv-after-20-s", ["5.4.nop"], { pages: { 0: { millis: 20_000 } } }, [
    stream(csv, {
      at: { head: 16_667 },
      checks: [count(150), ["no header line", ({ text }) => text.startsWith('"id-0149","')]]
    })
  ]),
  {
    id: "a-csv-after-20-s-that-is-cut",
    clauses: ["5.4.to-string", "5.4.nop"],
    needs: ["interceptor", "clock", "seed"],
    setup: {
      disturbance: { pages: { 0: { millis: 20_000 } } },
      seeds: [{ contacts: [{ id: "a", meta: { toString: "x" } }] }]
    },
    // The nop was the first event, so the reply has begun before the server fails.
    steps: [stream(csv, { text: "", at: { head: 16_667 } })]
  },
  slow("a-csv-after-10-s", ["5.4.nop", "5.4.header"], { pages: { 0: { millis: 10_000 } } }, [
    stream(csv, {
      at: { head: 10_000 },
      checks: [count(150), ["a header line", ({ text }) => text.startsWith("id,name,")]]
    })
  ])
]

const page = (expected: Partial<Expected>) => send(get("/contact/list?take=3"), { ...ok, ...expected })
const three = { ids: ["id-0149", "id-0148", "id-0147"], has: { cursor: "id-0147" } }
const bare: Check = ["the body has no padding", ({ text }) => text.startsWith('{"items":[{') && text.endsWith('"}')]

const documents: ReadonlyArray<Case> = [
  slow("a-list-after-40-s", ["5.5.commits", "5.5.body"], { pages: { 0: { millis: 40_000 } } }, [
    page({ ...three, at: { head: 18_750, pieces: [40_000] }, checks: [bare] }),
    send(get("/contact/export?take=3"), { ...ok, ...three, at: { head: 18_750, pieces: [40_000] } })
  ]),
  slow("a-list-after-18.749-s", ["5.5.commits"], { pages: { 0: { millis: 18_749 } } }, [
    page({ ...three, at: { head: 18_749 } })
  ]),
  slow("a-list-that-fails-after-40-s", ["5.5.error"], { pages: { 0: { millis: 40_000, fails: true } } }, [
    page({ text: systemErrorJson, at: { head: 18_750, pieces: [40_000] } })
  ]),
  slow("a-list-that-fails-after-18.749-s", ["5.5.commits"], { pages: { 0: { millis: 18_749, fails: true } } }, [
    send(get("/contact/list"), { ...serverError(), at: { head: 18_749 } })
  ]),
  slow("a-list-that-starts-after-10-s", ["5.5.spent"], { replyAfter: 10_000, pages: { 0: { millis: 30_000 } } }, [
    page({ ...three, at: { head: 25_000, pieces: [40_000] } })
  ]),
  slow("a-list-that-starts-after-6-s", ["5.5.spent"], { replyAfter: 6000, pages: { 0: { millis: 30_000 } } }, [
    page({ ...three, at: { head: 24_750, pieces: [36_000] } })
  ]),
  slow("other-endpoints-after-40-s", ["5.5.others"], { replyAfter: 40_000 }, [
    send(get("/contact/id-0007/fetch"), { ...ok, has: { id: "id-0007" }, at: { head: 40_000 } }),
    send(get("/contact/nobody/fetch"), { status: 404, at: { head: 40_000 } }),
    send(post("/contact/create", { name: "a" }), { ...ok, save: { made: "id" }, at: { head: 40_000 } }),
    send(post("/contact/<made>/update", { name: "b" }), { ...idOf("made"), at: { head: 40_000 } }),
    send(post("/contact/<made>/delete"), { ...idOf("made"), at: { head: 40_000 } }),
    send(post("/contact/ensure", { name: "b" }), { ...ok, at: { head: 40_000 } }),
    send(post("/contact/id-0007/memory/search"), { ...ok, text: '{"items":[]}', at: { head: 40_000 } }),
    ...["authenticate", "verify", "revoke", "mint"].map((action) =>
      send(post(`/contact/id-0007/secret/nobody/${action}`), { status: 404, at: { head: 40_000 } })
    )
  ]),
  {
    id: "a-create-that-the-server-repeats",
    clauses: ["6.odd.transient"],
    needs: ["interceptor", "clock"],
    setup: { disturbance: { againAfter: 5000, on: "/contact/create" } },
    steps: [
      send(post("/contact/create", { fingerprint: "a fingerprint of its own", verifiedAt: 1 }), {
        status: 409,
        text: '{"code":"CONFLICT","message":"Unique constraint violation"}',
        at: { head: 5000 }
      }),
      // The create was applied.
      send(post("/contact/ensure", { fingerprint: "a fingerprint of its own" }), { ...ok, save: { id: "id" } }),
      send(get("/contact/<id>/fetch"), { ...ok, has: { verifiedAt: 1 } })
    ]
  }
]

/** Replies that take long (wire contract 5.2 and 5.5). */
export const slowReplies: ReadonlyArray<Case> = [...streams, ...documents]

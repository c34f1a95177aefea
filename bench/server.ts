/**
 * Measures the in-memory API with 10^3 to 10^6 contacts, in this process: its memory, items a second of a streamed list and
 * of consecutive pages, and deletes a second.
 *
 *     npm run bench:server
 */
import { Effect, Redacted, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import * as InMemory from "../src/layers/InMemory.ts"

const sizes = [1e3, 1e4, 1e5, 1e6]
const rounds = 5
/** Each round reads about this many items, so that a round over a small store is long enough for the clock. */
const itemsARound = 200_000

const seedOf = (index: number): InMemory.Seed => ({
  name: `Contact ${index}`,
  email: `contact${index}@example.com`,
  meta: { tier: index % 2 === 0 ? "gold" : "silver", rank: String(index) },
  createdAt: 1_700_000_000_000 + index
})

const send = (method: "GET" | "POST", path: string, accept: string) =>
  Effect.flatMap(HttpClient.HttpClient, (client) =>
    client.execute(
      HttpClientRequest.make(method)(`https://api.chatbotkit.com/v1${path}`).pipe(
        HttpClientRequest.setHeaders({
          accept,
          "content-type": "application/json",
          authorization: `Bearer ${Redacted.value(InMemory.secret)}`
        })
      )
    )
  )

const streamAll = Effect.flatMap(send("GET", "/contact/list", "application/jsonl"), (response) =>
  Stream.runDrain(response.stream)
)

/** The cursor of the next page. */
const readPage = (cursor: string) =>
  Effect.gen(function* () {
    const response = yield* send("GET", `/contact/list?cursor=${cursor}`, "application/json")
    const page = yield* response.json
    return typeof page === "object" && page !== null && "cursor" in page ? String(page["cursor"]) : ""
  })

/** The median speed of the rounds, in items a second. */
const measure = <E, R>(items: number, work: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function* () {
    const speeds: Array<number> = []
    for (let round = 0; round < rounds; round++) {
      const start = performance.now()
      yield* work
      speeds.push((items / (performance.now() - start)) * 1000)
    }
    return speeds.toSorted((left, right) => left - right)[Math.floor(rounds / 2)] ?? 0
  })

const megabytes = () => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1e6
}

const run = (size: number) =>
  Effect.gen(function* () {
    const api = yield* InMemory.InMemory
    const empty = megabytes()
    for (let at = 0; at < size; at += 1000) {
      yield* api.seed(Array.from({ length: Math.min(1000, size - at) }, (_, index) => seedOf(at + index)))
    }
    const memory = megabytes() - empty

    const repeats = Math.max(1, Math.round(itemsARound / size))
    const streamed = yield* measure(repeats * size, Effect.repeat(streamAll, { times: repeats - 1 }))

    let cursor = ""
    const pages = 200
    const nextPage = Effect.flatMap(
      Effect.suspend(() => readPage(cursor)),
      (next) => Effect.sync(() => (cursor = next))
    )
    const paged = yield* measure(pages * 100, Effect.repeat(nextPage, { times: pages - 1 }))

    const perRound = Math.min(200, size / 10)
    const made = Effect.suspend(() =>
      api.seed(
        Array.from({ length: perRound }, (_, index) => ({ createdAt: 1_700_000_000_000 + (index * size) / perRound }))
      )
    )
    const removed = yield* measure(
      perRound,
      Effect.flatMap(made, (contacts) =>
        Effect.forEach(contacts, ({ id }) => send("POST", `/contact/${id}/delete`, "application/json"))
      )
    )
    return {
      contacts: size,
      "heap, MB": memory,
      "streamed/s": streamed,
      "paged/s": paged,
      "created and deleted/s": removed
    }
  }).pipe(Effect.provide(InMemory.layerHttpClient()))

const program = Effect.gen(function* () {
  const rows: Array<Record<string, string>> = []
  for (const size of sizes) {
    const row = yield* run(size)
    rows.push(
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Math.round(value).toLocaleString("en")]))
    )
  }
  console.log(`Node ${process.version}, medians of ${rounds} rounds`)
  console.table(rows)
})

await Effect.runPromise(program)

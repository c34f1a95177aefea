/** The requests of `Bulk.ensure` by the least program: a request and `JSON.parse`, without any check. */
import type { Dispatcher } from "@effect/platform-node/Undici"
import { type Fields, pool } from "../contenders/contender.ts"
import { graphqlPath, prefix } from "../data.ts"
import type { Importer } from "./importer.ts"

/** The rows that are looked up in one request, as `Bulk.ensure` does it. */
const batchSize = 100

const query = `query($fingerprints: [String!]) {
  contacts(first: ${batchSize}, fingerprints: $fingerprints) { edges { node { fingerprint } } }
}`

interface Found {
  readonly data: {
    readonly contacts: { readonly edges: ReadonlyArray<{ readonly node: { readonly fingerprint: string } }> }
  }
}

/** Sends a request, and gives the JSON of its reply. */
type Post = <A>(path: string, body: object) => Promise<A>

type Fingerprints = ReadonlySet<string>

/** A row, with the fingerprints of its batch that are there already. The first row that needs them looks them up. */
type Row = readonly [fields: Fields, found: () => Promise<Fingerprints>]

const batchOf = (batch: ReadonlyArray<Fields>, post: Post): ReadonlyArray<Row> => {
  let lookup: Promise<Fingerprints> | undefined
  const find = async () => {
    const fingerprints = batch.map(({ fingerprint }) => fingerprint)
    const { data } = await post<Found>(graphqlPath, { query, variables: { fingerprints } })
    return new Set(data.contacts.edges.map(({ node }) => node.fingerprint))
  }
  return batch.map((fields) => [fields, () => (lookup ??= find())])
}

const inBatches = function* (rows: Iterable<Fields>, post: Post): Generator<Row> {
  let batch: Array<Fields> = []
  for (const fields of rows) {
    batch.push(fields)
    if (batch.length < batchSize) continue
    yield* batchOf(batch, post)
    batch = []
  }
  yield* batchOf(batch, post)
}

const make =
  (post: Post): Importer =>
  async (rows, { concurrency }) => {
    let made = 0
    await pool(inBatches(rows, post), concurrency, async ([fields, found]) => {
      if ((await found()).has(fields.fingerprint)) return
      await post(`${prefix}/ensure`, fields)
      made++
    })
    return made
  }

export const overUndici = (agent: Dispatcher, baseUrl: string, secret: string): Importer => {
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" }
  return make(async <A>(path: string, body: object) => {
    const reply = await agent.request({ origin: baseUrl, path, method: "POST", headers, body: JSON.stringify(body) })
    const json: A = JSON.parse(await reply.body.text())
    return json
  })
}

export const overFetch = (baseUrl: string, secret: string): Importer => {
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" }
  return make(async <A>(path: string, body: object) => {
    const reply = await fetch(`${baseUrl}${path}`, { method: "POST", headers, body: JSON.stringify(body) })
    const json: A = JSON.parse(await reply.text())
    return json
  })
}

import { assert, describe, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import { BothEnds } from "../../../src/internal/secret/BothEnds.ts"
import type { ContactSecret } from "../../../src/internal/secret/SecretSchema.ts"

/** A value row of the server. Without a secret, it is left out of pages, but counts for their length. */
interface Row {
  readonly createdAt: number
  readonly secret: string | undefined
}

const toSecret = ({ createdAt, secret }: Row): ReadonlyArray<ContactSecret> =>
  secret === undefined
    ? []
    : [{ id: secret, type: "plain", name: "", description: "", meta: null, createdAt, updatedAt: createdAt }]

/** The rows of a contact, oldest first. The server moves none, and adds only at the end. */
class Server {
  rows: ReadonlyArray<Row> = []
  #now = 0

  add(secret: string | undefined): void {
    this.rows = [...this.rows, { createdAt: ++this.#now, secret }]
  }

  remove(index: number): Row | undefined {
    const row = this.rows[index]
    this.rows = this.rows.filter((other) => other !== row)
    return row
  }

  page(order: "asc" | "desc"): ReadonlyArray<ContactSecret> {
    const rows = order === "asc" ? this.rows : this.rows.toReversed()
    return rows.slice(0, 100).flatMap(toSecret)
  }
}

const opposite = { asc: "desc", desc: "asc" } as const

/** Reads the list of a server that `change` changes between two pages. */
const read = (server: Server, order: "asc" | "desc", change: () => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const ends = new BothEnds()
    const delivered: Array<ContactSecret> = []
    let pages = 0
    let sawSecret = false
    let throughout = server.rows
    while (true) {
      const page = server.page(ends.nextEnd === "front" ? order : opposite[order])
      sawSecret ||= page.length > 0
      pages++
      const { next, secrets } = ends.accept(page)
      delivered.push(...secrets)
      if (next !== "another page") return { delivered, ends, next, pages, sawSecret, throughout }
      yield* change()
      throughout = throughout.filter((row) => server.rows.includes(row))
    }
  })

const never = () => Effect.void

const serverOf = (count: number, isOrphan: (index: number) => boolean = () => false): Server => {
  const server = new Server()
  for (let index = 0; index < count; index++) server.add(isOrphan(index) ? undefined : `s${index}`)
  return server
}

const ids = (secrets: ReadonlyArray<{ readonly id: string }>): ReadonlyArray<string> => secrets.map(({ id }) => id)
const expected = (server: Server, order: "asc" | "desc"): ReadonlyArray<string> =>
  ids((order === "asc" ? server.rows : server.rows.toReversed()).flatMap(toSecret))

describe("a list that does not change", () => {
  it.effect.each([0, 1, 2, 99, 100, 101, 150, 199] as const)("of %s secrets is complete after two pages", (count) =>
    Effect.gen(function* () {
      for (const order of ["asc", "desc"] as const) {
        const server = serverOf(count)
        const { delivered, next, pages } = yield* read(server, order, never)
        assert.deepStrictEqual([next, pages], ["complete", 2])
        assert.deepStrictEqual(ids(delivered), expected(server, order))
      }
    })
  )

  it.effect.each([200, 201, 500] as const)("of %s secrets is incomplete after its first page", (count) =>
    Effect.gen(function* () {
      const server = serverOf(count)
      const { delivered, ends, next, pages } = yield* read(server, "desc", never)
      assert.deepStrictEqual([next, pages, ends.received], ["incomplete", 2, 100])
      assert.deepStrictEqual(ids(delivered), expected(server, "desc").slice(0, 100))
      assert.strictEqual(ends.lastId, ids(delivered).at(-1))
    })
  )

  it.effect("is not taken for complete because a page is short", () =>
    Effect.gen(function* () {
      // The newest 100 rows have one secret, and there are 200 more.
      const server = serverOf(300, (index) => index >= 200 && index < 299)
      const { delivered, next, pages } = yield* read(server, "desc", never)
      assert.deepStrictEqual([next, pages, ids(delivered)], ["incomplete", 4, ["s299"]])
    })
  )

  it.effect("is complete with rows that have no secret, if the pages meet", () =>
    Effect.gen(function* () {
      const server = serverOf(150, (index) => index % 3 === 0)
      const { delivered, next } = yield* read(server, "asc", never)
      assert.strictEqual(next, "complete")
      assert.deepStrictEqual(ids(delivered), expected(server, "asc"))
    })
  )
})

describe("a list that changes", () => {
  it.effect("does not take a secret that was authorized again for the row where its pages meet", () =>
    Effect.gen(function* () {
      const server = serverOf(220)
      let isChanged = false
      const { delivered, next } = yield* read(server, "asc", () =>
        Effect.sync(() => {
          if (isChanged) return
          isChanged = true
          server.remove(50)
          server.add("s50")
        })
      )
      // Of the 220 rows, those from 101 to 120 are on no page.
      assert.strictEqual(next, "incomplete")
      assert.strictEqual(delivered.length, 100)
    })
  )

  it.effect("is read again if its only secret is authorized again", () =>
    Effect.gen(function* () {
      const server = serverOf(1)
      let isChanged = false
      const { delivered, next, pages } = yield* read(server, "desc", () =>
        Effect.sync(() => {
          if (isChanged) return
          isChanged = true
          server.remove(0)
          server.add("s0")
        })
      )
      assert.deepStrictEqual([next, pages, ids(delivered)], ["complete", 3, ["s0"]])
    })
  )

  it.effect("does not deliver a new secret after older ones", () =>
    Effect.gen(function* () {
      // The pages of 201 rows do not meet, and the second is short.
      const server = serverOf(201, (index) => index === 0)
      let changes = 0
      const { delivered, next, pages } = yield* read(server, "desc", () =>
        Effect.sync(() => {
          if (++changes !== 2) return
          for (let nth = 0; nth < 20; nth++) server.remove(110)
          server.add("new")
        })
      )
      assert.deepStrictEqual([next, pages], ["complete", 3])
      assert.deepStrictEqual(
        ids(delivered),
        expected(
          serverOf(201, (index) => index === 0),
          "desc"
        )
      )
    })
  )

  it.effect.each(["asc", "desc"] as const)("in the order %s: what exists throughout comes once and in order", (order) =>
    Effect.gen(function* () {
      let complete = 0
      for (let run = 0; run < 1500; run++) {
        const orphans = yield* Random.nextIntBetween(0, 4)
        const server = new Server()
        const count = yield* Random.nextIntBetween(0, 260)
        for (let index = 0; index < count; index++) {
          server.add((yield* Random.nextIntBetween(0, 10)) < orphans ? undefined : `s${index}`)
        }
        let added = count
        const change = () =>
          Effect.gen(function* () {
            const changes = yield* Random.nextIntBetween(0, 30)
            for (let nth = 0; nth < changes; nth++) {
              const kind = yield* Random.nextIntBetween(0, 3)
              if (kind === 0) server.add(`s${added++}`)
              else if (server.rows.length > 0) {
                const row = server.remove(yield* Random.nextIntBetween(0, server.rows.length))
                if (kind === 1) server.add(row?.secret)
              }
            }
          })
        const { delivered, next, pages, sawSecret, throughout } = yield* read(server, order, change)
        const found = ids(delivered)
        assert.strictEqual(new Set(found).size, found.length)
        assert.isAtMost(pages, 4)
        if (next !== "complete" || !sawSecret) continue
        complete++
        const should = ids((order === "asc" ? throughout : throughout.toReversed()).flatMap(toSecret))
        assert.deepStrictEqual(
          found.filter((id) => should.includes(id)),
          should
        )
      }
      assert.isAbove(complete, 500)
    }).pipe(Random.withSeed(order))
  )
})

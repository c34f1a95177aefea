import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Cuids } from "../../../../src/internal/server/store/Cuids.ts"
import { OrderedRows } from "../../../../src/internal/server/store/OrderedRows.ts"
import type { ContactRecord } from "../../../../src/internal/server/store/Store.ts"
import { Store } from "../../../../src/internal/server/store/Store.ts"

interface Row {
  readonly id: string
  readonly createdAt: number
}

const inOrder = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> =>
  rows.toSorted((left, right) => left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1))

const walk = (list: OrderedRows<Row>, order: "asc" | "desc", from?: Row): ReadonlyArray<Row> => {
  const out: Array<Row> = []
  list.walk(order, from, (row) => out.push(row) > 0)
  return out
}

describe("OrderedRows", () => {
  // Few distinct times for many rows, so that ties are common, and blocks are split and emptied everywhere.
  for (const [count, times] of [
    [3, 2],
    [600, 5],
    [5000, 40],
    [5000, 1_000_000]
  ] as const) {
    it.effect(`agrees with a sorted array: ${count} rows at ${times} times`, () =>
      Effect.gen(function* () {
        const list = new OrderedRows<Row>()
        const rows = new Map<string, Row>()
        for (let index = 0; index < count; index++) {
          const row = { id: `r${yield* Random.nextInt}`, createdAt: yield* Random.nextIntBetween(0, times) }
          if (rows.has(row.id)) continue
          rows.set(row.id, row)
          list.insert(row)
          if ((yield* Random.next) < 0.3) {
            const victim = yield* Random.choice([...rows.values()].slice(-20))
            rows.delete(victim.id)
            list.delete(victim)
            list.delete(victim)
          }
        }
        const expected = inOrder([...rows.values()])
        assert.deepStrictEqual(walk(list, "asc"), expected)
        assert.deepStrictEqual(walk(list, "desc"), expected.toReversed())
        for (const from of [
          ...expected.filter((_, index) => index % 97 === 0),
          { id: "", createdAt: -1 },
          { id: "~", createdAt: times + 1 },
          { id: "q", createdAt: Math.floor(times / 2) }
        ]) {
          const before = (row: Row) => inOrder([row, from])[0] === row && row.id !== from.id
          assert.deepStrictEqual(
            walk(list, "asc", from),
            expected.filter((row) => !before(row))
          )
          assert.deepStrictEqual(
            walk(list, "desc", from),
            expected.filter((row) => before(row) || row.id === from.id).toReversed()
          )
        }
        for (const row of expected) list.delete(row)
        assert.deepStrictEqual(walk(list, "asc"), [])
        assert.deepStrictEqual(walk(list, "desc", { id: "a", createdAt: 1 }), [])
      }).pipe(Random.withSeed(`${count}-${times}`))
    )
  }
})

describe("Cuids", () => {
  it.effect("are distinct, of the right shape, in order within a millisecond and the same for a seed", () =>
    Effect.gen(function* () {
      const make = Effect.map(Random.Random, (random) => {
        const ids = new Cuids()
        return Array.from({ length: 5000 }, (_, index) =>
          ids.next(1_700_000_000_000 + Math.floor(index / 2500), random)
        )
      })
      const first = yield* make.pipe(Random.withSeed("seed"))
      assert.deepStrictEqual(yield* make.pipe(Random.withSeed("seed")), first)
      assert.notDeepEqual(yield* make.pipe(Random.withSeed("other")), first)
      assert.strictEqual(new Set(first).size, 5000)
      assert.deepStrictEqual(first.toSorted(), first)
      for (const id of first) assert.match(id, /^c[a-z0-9]{24}$/)
    })
  )

  for (const time of [0, -1, 1.5, 8.64e15, -8.64e15]) {
    it.effect(`have the right shape at ${time}`, () =>
      Effect.map(Random.Random, (random) => assert.match(new Cuids().next(time, random), /^c[a-z0-9]{24}$/))
    )
  }
})

const seen = ({ id, account, fingerprint }: ContactRecord) => ({ id, account, fingerprint })

describe("Store", () => {
  const Step = Schema.Struct({
    kind: Schema.Literals(["insert", "update", "delete"]),
    account: Schema.Literals(["a", "b"]),
    fingerprint: Schema.Literals(["f", "g", "h"]),
    target: Schema.Int
  })

  it.effect.prop("agrees with a list of records", [Schema.Array(Step)], ([steps]) =>
    Effect.gen(function* () {
      const random = yield* Random.Random
      const store = new Store()
      let model: ReadonlyArray<{ readonly id: string; readonly account: string; readonly fingerprint: string }> = []
      for (const [now, { account, fingerprint, kind, target }] of steps.entries()) {
        const existing = model[Math.abs(target) % Math.max(1, model.length)]
        if (kind === "insert") {
          const taken = model.some((row) => row.account === account && row.fingerprint === fingerprint)
          const inserted = store.insert(account, { fingerprint }, now, random)
          assert.strictEqual(Result.isFailure(inserted), taken)
          if (Result.isSuccess(inserted)) model = model.concat({ id: inserted.success.id, account, fingerprint })
        } else if (existing !== undefined && kind === "update") {
          const taken = model.some(
            (row) => row.id !== existing.id && row.account === existing.account && row.fingerprint === fingerprint
          )
          assert.strictEqual(Result.isFailure(store.update(existing.id, { fingerprint }, now)), taken)
          if (!taken) model = model.map((row) => (row.id === existing.id ? { ...row, fingerprint } : row))
        } else if (existing !== undefined) {
          store.delete(existing.id)
          model = model.filter((row) => row.id !== existing.id)
        }
        assert.strictEqual(store.size, model.length)
        for (const owner of ["a", "b"]) {
          const rows = store.rows(owner).map(seen)
          assert.deepStrictEqual(
            rows,
            model.filter((row) => row.account === owner)
          )
          for (const print of ["f", "g", "h"]) {
            assert.strictEqual(
              store.findByFingerprint(owner, print)?.id,
              model.find((row) => row.account === owner && row.fingerprint === print)?.id
            )
          }
        }
        for (const row of model) assert.strictEqual(store.get(row.id)?.fingerprint, row.fingerprint)
      }
    })
  )
})

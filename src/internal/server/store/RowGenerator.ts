/** Generators of random rows of any kind. Each is built on use, which takes a while. */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as RowArbitrary from "./RowArbitrary.ts"

const { between, createdAt, maxAge } = RowArbitrary

/** One of some texts. */
export const oneOf = <const Value extends string>(...values: ReadonlyArray<Value>) =>
  Arbitrary.schema(Schema.Literals(values))

/** Text without lone surrogates. */
export const text = () => Arbitrary.map(Arbitrary.schema(RowArbitrary.text()), (drawn) => drawn.toWellFormed())

const common = () =>
  Arbitrary.map(
    Arbitrary.all({
      name: text(),
      description: text(),
      meta: Arbitrary.schema(Schema.NullOr(RowArbitrary.metaEntries())),
      createdAt: Arbitrary.schema(between(createdAt.minimum, createdAt.maximum)),
      age: Arbitrary.schema(between(0, maxAge))
    }),
    ({ age, meta, ...drawn }) => ({
      ...drawn,
      meta: meta === null ? null : RowArbitrary.toMeta(meta),
      updatedAt: drawn.createdAt + age
    })
  )

/** Rows of own columns and of those that all rows have. */
export const withCommon = <Own extends object>(own: Arbitrary.Arbitrary<Own>) =>
  Arbitrary.map(Arbitrary.all({ common: common(), own }), ({ common, own }) => ({ ...common, ...own }))

/** Draws that many rows from Effect's `Random`. */
export const sample = <Row>(make: () => Arbitrary.Arbitrary<Row>, count: number): Effect.Effect<ReadonlyArray<Row>> =>
  Effect.suspend(() => Effect.orDie(Arbitrary.sampleEffect(make(), { count })))

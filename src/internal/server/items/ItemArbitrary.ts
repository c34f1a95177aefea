/** Random items that have the values the database can hold. Each is built on use, which takes a while. */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as RowArbitrary from "../store/RowArbitrary.ts"
import * as RowGenerator from "../store/RowGenerator.ts"
import type * as Items from "./ItemHandle.ts"

const { between, createdAt } = RowArbitrary
const { oneOf, text, withCommon } = RowGenerator

const ids = ["cm4xq1v7d0000memo1a2b3c4d", "cm4xq1v7d0001memo5e6f7g8h"] as const
const models = ["", "gpt-4o", "claude-v3-opus"] as const
const schedules = ["0 9 * * 1-5", "*/15 * * * *", "@daily"] as const
const timezones = ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"] as const

const textOrNull = () =>
  Arbitrary.map(Arbitrary.schema(Schema.NullOr(RowArbitrary.text())), (drawn) => drawn?.toWellFormed() ?? null)

const orNull = <const Value extends string>(values: ReadonlyArray<Value>) =>
  Arbitrary.schema(Schema.NullOr(Schema.Literals(values)))

const instant = () => Arbitrary.schema(Schema.NullOr(between(createdAt.minimum, createdAt.maximum)))

/** JSON has no negative zero. */
const positiveZero = <A extends number | null>(number: A) => (number === 0 ? 0 : number)

const millis = () =>
  Arbitrary.map(
    Arbitrary.schema(Schema.NullOr(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1e7 })))),
    positiveZero
  )

/** Makes the generator of items of a kind. */
export type Maker<Item> = () => Arbitrary.Arbitrary<Items.ItemSeed<Item>>

/** Random conversations. */
export const conversation: Maker<Items.Conversation> = () =>
  withCommon(
    Arbitrary.all({
      taskId: orNull(ids),
      botId: orNull(ids),
      datasetId: orNull(ids),
      skillsetId: orNull(ids),
      backstory: textOrNull(),
      model: orNull(models)
    })
  )

/** Random memories. */
export const memory: Maker<Items.Memory> = () => withCommon(Arbitrary.all({ botId: orNull(ids), text: text() }))

/** Random ratings. */
export const rating: Maker<Items.Rating> = () =>
  withCommon(
    Arbitrary.all({
      botId: orNull(ids),
      conversationId: orNull(ids),
      messageId: orNull(ids),
      value: Arbitrary.map(Arbitrary.schema(between(-100, 100)), positiveZero),
      reason: textOrNull()
    })
  )

/** Random spaces. */
export const space: Maker<Items.Space> = () => withCommon(Arbitrary.all({ blueprintId: orNull(ids) }))

/** Random tasks. */
export const task: Maker<Items.Task> = () =>
  withCommon(
    Arbitrary.all({
      botId: orNull(ids),
      schedule: orNull(schedules),
      timezone: orNull(timezones),
      sessionDuration: millis(),
      maxIterations: Arbitrary.schema(Schema.NullOr(between(1, 100))),
      maxTime: millis(),
      status: oneOf("idle", "running", "canceled"),
      outcome: oneOf("pending", "success", "failure"),
      lastRunAt: instant(),
      nextRunAt: instant()
    })
  )

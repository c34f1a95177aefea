import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Struct from "effect/Struct"
import type { Service } from "../ServerState.ts"
import * as SeededColumns from "../store/SeededColumns.ts"
import type { ItemKind } from "./ItemKinds.ts"
import type { ItemRecord, NewItem } from "./ItemRecord.ts"

/**
 * Adds items to a contact, unchecked, and returns their sent columns. They belong to the account of the contact unless
 * another is given. A contact that does not exist, or a taken id, is a defect.
 */
export const seed = Effect.fnUntraced(function* <Row extends ItemRecord, Column extends keyof Row & string>(
  state: Service,
  { columns, table, toRow }: ItemKind<Row, Column>,
  contactId: string,
  seeds: Iterable<NewItem<Row>>,
  account?: string
) {
  const contact = state.store.get(contactId)
  if (contact === undefined) return yield* Effect.die(new Error("seed: there is no such contact"))
  const now = yield* Clock.currentTimeMillis
  const random = yield* Random.Random
  const rows = table(state.items)
  const seeded: Array<Pick<Row, Column>> = []
  for (const given of seeds) {
    const common: ItemRecord = {
      ...SeededColumns.make(given, state.items.ids, now, random),
      account: account ?? contact.account,
      contactId
    }
    if (rows.get(common.id) !== undefined) return yield* Effect.die(new Error("seed: id is taken"))
    const row = toRow(given, common)
    rows.set(row)
    seeded.push(copy(row, columns))
  }
  return seeded
})

/** Copies of the sent columns of a contact's items, or of those without a contact, oldest first. */
export const read = <Row extends ItemRecord, Column extends keyof Row & string>(
  state: Service,
  { columns, table }: ItemKind<Row, Column>,
  contactId: string | null
): Effect.Effect<ReadonlyArray<Pick<Row, Column>>> =>
  Effect.sync(() =>
    table(state.items)
      .rowsOf(contactId)
      .map((row) => copy(row, columns))
  )

const copy = <Row extends ItemRecord, Column extends keyof Row>(
  row: Row,
  columns: ReadonlyArray<Column>
): Pick<Row, Column> => structuredClone(Struct.pick(row, columns))

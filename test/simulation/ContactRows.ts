/** The items and the secrets of contacts. Other programs make and delete them directly, since the API cannot. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as ItemKinds from "../../src/internal/server/items/ItemKinds.ts"
import type { ContactRow, ItemTable } from "../../src/internal/server/items/ItemTable.ts"
import * as ItemSeeds from "../../src/internal/server/items/ItemSeeds.ts"
import * as SecretSeeds from "../../src/internal/server/secrets/SecretSeeds.ts"
import type { SecretValueRecord } from "../../src/internal/server/secrets/SecretRecord.ts"
import type * as ServerState from "../../src/internal/server/ServerState.ts"
import type { History, ItemKind, RowChange } from "./History.ts"
import type { SeededRandom } from "./SeededRandom.ts"
import { CurrentOrigin, noOrigin } from "./Origin.ts"

interface Server {
  readonly state: ServerState.Service
  readonly clock: Clock.Clock
}

const kinds = {
  conversation: ItemKinds.conversation,
  memory: ItemKinds.memory,
  rating: ItemKinds.rating,
  space: ItemKinds.space,
  task: ItemKinds.task
} as const

export const itemKinds = ["conversation", "memory", "rating", "space", "task"] as const

type Change = (kind: RowChange["kind"], of: RowChange["of"], id: string, row: ContactRow) => void

const recordTable = <Row extends ContactRow>(table: ItemTable<Row>, of: ItemKind, change: Change): void => {
  const set = table.set.bind(table)
  table.set = (row) => {
    set(row)
    if (row.contactId !== null) change("insert", of, row.id, row)
  }
  const remove = table.delete.bind(table)
  table.delete = (id) => {
    const row = table.get(id)
    remove(id)
    if (row !== undefined && row.contactId !== null) change("delete", of, id, row)
  }
  const deleteRowsOf = table.deleteRowsOf.bind(table)
  table.deleteRowsOf = (contactId) => {
    const rows = contactId === null ? [] : table.rowsOf(contactId)
    deleteRowsOf(contactId)
    for (const row of rows) change("delete", of, row.id, row)
  }
}

/** Records every change of the items and of the values of secrets. */
export const record = ({ items, secrets }: ServerState.Service, history: History): void => {
  const change: Change = (kind, of, id, { contactId, createdAt, meta }) => {
    const { call } = Fiber.getCurrent()?.getRef(CurrentOrigin) ?? noOrigin
    const tier = meta?.["tier"]
    history.rows.push({
      at: history.nextEvent(),
      call,
      kind,
      of,
      contactId: contactId ?? "",
      id,
      tier: typeof tier === "string" ? tier : undefined,
      createdAt
    })
    history.log(`call ${call}: ${kind} of the ${of} ${id} of ${contactId}, committed`)
  }
  recordTable(items.conversations, "conversation", change)
  recordTable(items.memories, "memory", change)
  recordTable(items.ratings, "rating", change)
  recordTable(items.spaces, "space", change)
  recordTable(items.tasks, "task", change)
  const changeValue = (kind: RowChange["kind"], row: SecretValueRecord) => change(kind, "secret", row.secretId, row)
  const setValue = secrets.setValue.bind(secrets)
  secrets.setValue = (row) => {
    const isNew = secrets.getValue(row.id) === undefined
    setValue(row)
    if (isNew) changeValue("insert", row)
  }
  const deleteValue = secrets.deleteValue.bind(secrets)
  secrets.deleteValue = (id) => {
    const row = secrets.getValue(id)
    deleteValue(id)
    if (row !== undefined) changeValue("delete", row)
  }
  const deleteContact = secrets.deleteContact.bind(secrets)
  secrets.deleteContact = (contactId) => {
    const rows = secrets.valuesOf(contactId)
    deleteContact(contactId)
    for (const row of rows) changeValue("delete", row)
  }
}

const row = (random: SeededRandom, createdAt: number) => ({
  name: "Canary row",
  meta: { tier: random.pick(["gold", "iron"]) },
  createdAt
})

/** Gives a contact items, at most three with the same time. */
export const seedItems = (
  { state }: Server,
  kind: ItemKind,
  contactId: string,
  count: number,
  random: SeededRandom,
  from: number
): Effect.Effect<unknown> => {
  const seeds = Array.from({ length: count }, (_, index) => row(random, from + Math.floor(index / 3) * 1000))
  // Each kind has columns of its own, but no seed sets any.
  switch (kind) {
    case "conversation":
      return ItemSeeds.seed(state, kinds.conversation, contactId, seeds)
    case "memory":
      return ItemSeeds.seed(state, kinds.memory, contactId, seeds)
    case "rating":
      return ItemSeeds.seed(state, kinds.rating, contactId, seeds)
    case "space":
      return ItemSeeds.seed(state, kinds.space, contactId, seeds)
    case "task":
      return ItemSeeds.seed(state, kinds.task, contactId, seeds)
  }
}

/** Makes an item now, unless the contact was deleted. */
export const addItem = Effect.fnUntraced(function* (
  server: Server,
  kind: ItemKind,
  contactId: string,
  random: SeededRandom
) {
  if (server.state.store.get(contactId) === undefined) return
  yield* asServer(server, random, (now) => seedItems(server, kind, contactId, 1, random, now))
})

export const deleteItem = ({ state }: Server, kind: ItemKind, id: string): void =>
  kinds[kind].table(state.items).delete(id)

export const secretId = (index: number): string => `secret-${index}`

/** The first secrets can be minted, the others not. */
const isOauth = (index: number): boolean => index % 2 === 0

const valueOf = (index: number, createdAt: number) => ({
  secretId: secretId(index),
  value: isOauth(index) ? '{"accessToken":"canary-access-token"}' : "canary-token",
  meta: null,
  createdAt
})

/** Makes the secrets of the account, and values of the first `count` for a contact. */
export const seedSecrets = Effect.fnUntraced(function* (
  { state }: Server,
  contactId: string,
  count: number,
  from: number
) {
  const indices = Array.from({ length: count + 2 }, (_, index) => index)
  yield* SecretSeeds.seedSecrets(
    state.secrets,
    "a",
    indices.map((index) => ({
      id: secretId(index),
      kind: "personal",
      type: isOauth(index) ? "oauth" : "bearer",
      name: "Canary secret",
      createdAt: from
    }))
  )
  yield* SecretSeeds.seedValues(
    state,
    contactId,
    indices.slice(0, count).map((index) => valueOf(index, from + Math.floor(index / 3) * 1000))
  )
})

/** Authorizes a secret for a contact, or revokes it if it has a value. */
export const toggleSecret = Effect.fnUntraced(function* (
  server: Server,
  contactId: string,
  index: number,
  random: SeededRandom
) {
  const { secrets, store } = server.state
  const value = secrets.findValue(secretId(index), contactId)
  if (value !== undefined) return secrets.deleteValue(value.id)
  if (store.get(contactId) === undefined || secrets.get(secretId(index)) === undefined) return
  yield* asServer(server, random, (now) => SecretSeeds.seedValues(server.state, contactId, [valueOf(index, now)]))
})

/** Runs an effect with the clock of the server, and with random numbers of its own. */
const asServer = (
  { clock }: Server,
  random: SeededRandom,
  make: (now: number) => Effect.Effect<unknown>
): Effect.Effect<unknown> =>
  Effect.flatMap(Clock.currentTimeMillis, make).pipe(
    Effect.provideService(Clock.Clock, clock),
    Effect.provideService(Random.Random, random.effectRandom)
  )

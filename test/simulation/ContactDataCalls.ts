/** The calls of the clients about items, lookups, exports and secrets. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type * as Client from "../../src/Client.ts"
import * as Contact from "../../src/Contact.ts"
import * as ContactConversation from "../../src/ContactConversation.ts"
import * as ContactMemory from "../../src/ContactMemory.ts"
import * as ContactRating from "../../src/ContactRating.ts"
import * as ContactSecret from "../../src/ContactSecret.ts"
import * as ContactSpace from "../../src/ContactSpace.ts"
import * as ContactTask from "../../src/ContactTask.ts"
import type * as Errors from "../../src/Errors.ts"
import * as ContactRows from "./ContactRows.ts"
import type * as History from "./History.ts"
import * as OtherPrograms from "./OtherPrograms.ts"
import * as Scenario from "./Scenario.ts"
import type { SeededRandom } from "./SeededRandom.ts"
import type { World } from "./World.ts"

type Delivery = Omit<History.Delivered, "at">
type Listed = Stream.Stream<Delivery, Errors.ContactError, Client.Client>

const lists = {
  conversation: ContactConversation.list,
  memory: ContactMemory.list,
  rating: ContactRating.list,
  space: ContactSpace.list,
  task: ContactTask.list
} as const

// -----------------------------------------------------------------------------
// The next call
// -----------------------------------------------------------------------------

/** The contact whose items or secrets most calls are about: the first one, or another. */
const contactOf = (world: World, random: SeededRandom): string => {
  const first = world.history.commits[random.chance(0.8) ? 0 : 1]
  return first === undefined || random.chance(0.05) ? OtherPrograms.anyId(world, "a", random) : first.id
}

const selection = (random: SeededRandom, cursor: () => string | undefined) => ({
  order: random.pick<"asc" | "desc">(["asc", "desc"]),
  take: random.chance(0.2) ? 1 + random.below(random.pick([4, 150])) : undefined,
  cursor: random.chance(0.2) ? cursor() : undefined,
  tier: random.chance(0.3) ? random.pick(["gold", "iron"]) : undefined
})

const drawItems = (world: World, random: SeededRandom): History.Operation => {
  const items = random.chance(0.9) ? world.scenario.items : random.pick(ContactRows.itemKinds)
  const contactId = contactOf(world, random)
  const own = world.history.rows.filter((row) => row.of === items && row.contactId === contactId)
  return { kind: "items", items, contactId, ...selection(random, () => own[random.below(own.length)]?.id) }
}

const valuesOf = (world: World, account: string, by: History.FindOperation["by"], random: SeededRandom) => {
  const some = <A>(values: ReadonlyArray<A>) => values.filter(() => random.chance(0.8))
  switch (by) {
    case "ids":
      return random.chance(0.3)
        ? Array.from({ length: 3 }, () => OtherPrograms.anyId(world, account, random))
        : some(world.history.commits.filter(({ kind }) => kind === "insert").map(({ id }) => id))
    case "fingerprints":
      return some([
        ...Scenario.fingerprints,
        ...world.scenario.seeded.map((_, index) => Scenario.seededFingerprint(index))
      ])
    case "emails":
      return random.chance(0.3) ? [random.pick(Scenario.emails)] : some(Scenario.emails)
    case "nothing":
      return []
  }
}

const drawFind = (world: World, account: string, random: SeededRandom): History.Operation => {
  const by = random.pick<History.FindOperation["by"]>(["ids", "fingerprints", "emails", "emails", "nothing", "nothing"])
  return {
    kind: "find",
    order: random.pick(["asc", "desc"]),
    by,
    values: valuesOf(world, account, by, random),
    padding: random.pick([0, 0, 99, 150]),
    tier: random.chance(by === "nothing" ? 0.5 : 0.2) ? random.pick(["gold", "iron"]) : undefined
  }
}

/** Most actions are about few secrets, so that many are about the same one. */
const drawAction = (world: World, random: SeededRandom): History.Operation => ({
  kind: random.pick<History.Action>(["revoke", "revoke", "revoke", "mint", "proxy", "authenticate", "verify"]),
  contactId: contactOf(world, random),
  secretId: ContactRows.secretId(random.below(3))
})

/** The next call of the theme; undefined for an operation on a contact itself. */
export const draw = (world: World, account: string, random: SeededRandom): History.Operation | undefined => {
  const { theme } = world.scenario
  if (theme === "items") return random.chance(0.85) ? drawItems(world, random) : undefined
  if (theme === "lookups") {
    if (random.chance(0.55)) return drawFind(world, account, random)
    const cursor = () => OtherPrograms.anyId(world, account, random)
    return random.chance(0.5) ? { kind: "export", ...selection(random, cursor) } : undefined
  }
  if (theme !== "secrets" || random.chance(0.1)) return undefined
  if (random.chance(0.6)) return drawAction(world, random)
  const { order, take } = selection(random, () => undefined)
  return { kind: "secrets", contactId: contactOf(world, random), order, take }
}

// -----------------------------------------------------------------------------
// Lists and lookups
// -----------------------------------------------------------------------------

const requestOf = ({ cursor, order, take, tier }: History.ListOperation | History.ItemsOperation) => ({
  order,
  ...(take === undefined ? {} : { take }),
  ...(cursor === undefined ? {} : { cursor }),
  ...(tier === undefined ? {} : { meta: { tier } })
})

/** The values of a lookup, with those that no contact has after the first one. */
const withPadding = ({ padding, values }: History.FindOperation): ReadonlyArray<string> => [
  ...values.slice(0, 1),
  ...Array.from({ length: padding }, (_, index) => `canary-nobody-${index}`),
  ...values.slice(1)
]

const find = (operation: History.FindOperation): Listed => {
  const { by, order, tier } = operation
  const values = withPadding(operation)
  return Contact.find({
    order,
    ...(tier === undefined ? {} : { meta: { tier } }),
    ...(by === "nothing" ? {} : { [by]: values })
  }).pipe(
    Stream.map(({ createdAt, email, fingerprint, id, meta }) => {
      const value = { ids: id, fingerprints: fingerprint, emails: email, nothing: null }[by]
      const isWanted = by === "nothing" || (value !== null && values.includes(value))
      return { id, createdAt, isUnwanted: !isWanted || (tier !== undefined && meta?.["tier"] !== tier) }
    })
  )
}

/** The operations that deliver rows, but for the list of contacts. */
type Listing = History.ItemsOperation | History.FindOperation | History.SecretsOperation | Export
type Export = Extract<History.ListOperation, { readonly kind: "export" }>

/** The rows of a list or lookup. */
export const listed = (operation: Listing): Listed => {
  switch (operation.kind) {
    case "export":
      return Stream.map(Contact.export(requestOf(operation)), ({ createdAt, id, meta }) => ({
        id,
        createdAt,
        isUnwanted: meta === null
      }))
    case "items":
      return lists[operation.items](operation.contactId, requestOf(operation))
    case "find":
      return find(operation)
    case "secrets": {
      const { contactId, order, take } = operation
      return ContactSecret.list(contactId, { order, ...(take === undefined ? {} : { take }) })
    }
  }
}

// -----------------------------------------------------------------------------
// Actions
// -----------------------------------------------------------------------------

/** Acts on a secret. The result of success names what the caller can know. */
export const act = ({
  contactId,
  kind,
  secretId
}: History.ActionOperation): Effect.Effect<History.End, Errors.ContactError, Client.Client> => {
  const acted = (result: string): History.End => ({ kind: "acted", result })
  switch (kind) {
    case "authenticate":
      return Effect.map(ContactSecret.authenticate(contactId, secretId), ({ id }) => acted(id))
    case "verify":
      return Effect.map(ContactSecret.verify(contactId, secretId), ({ status }) => acted(status))
    case "revoke":
      return Effect.map(ContactSecret.revoke(contactId, secretId), ({ id }) => acted(id))
    case "mint":
      return Effect.map(ContactSecret.mint(contactId, secretId), ({ token }) => acted(Redacted.value(token)))
    case "proxy":
      return ContactSecret.proxy(contactId, secretId, {
        method: "POST",
        url: "https://canary.test/",
        body: "canary"
      }).pipe(
        Effect.flatMap(({ body, status }) =>
          Effect.map(Stream.mkString(Stream.decodeText(body)), (text) => acted(`${status} ${text}`))
        ),
        Effect.scoped
      )
  }
}

// -----------------------------------------------------------------------------
// Changes by other programs
// -----------------------------------------------------------------------------

/** Changes something that a list or lookup may still deliver, or has just delivered. */
export const disturb = Effect.fnUntraced(function* (
  world: World,
  operation: History.Operation,
  delivered: string,
  random: SeededRandom
) {
  const { history, server } = world
  if (operation.kind === "items" || operation.kind === "secrets") {
    const { contactId } = operation
    if (random.chance(0.02)) return yield* OtherPrograms.run(world, "a", { kind: "delete", id: contactId })
    if (operation.kind === "secrets") {
      const index = random.chance(0.5) ? random.below(world.scenario.rows + 2) : Number(delivered.split("-").at(-1))
      return yield* ContactRows.toggleSecret(server, contactId, index, random)
    }
    if (random.chance(0.2)) return yield* ContactRows.addItem(server, operation.items, contactId, random)
    return yield* Effect.sync(() => ContactRows.deleteItem(server, operation.items, delivered))
  }
  const id = random.chance(0.8) ? delivered : (history.commits[random.below(history.commits.length)]?.id ?? delivered)
  if (random.chance(0.5)) return yield* OtherPrograms.run(world, "a", { kind: "delete", id })
  yield* OtherPrograms.run(world, "a", {
    kind: "update",
    id,
    nick: "canary-disturbed",
    email: random.pick(Scenario.emails),
    ...(random.chance(0.3) ? { tier: "done" } : {})
  })
})

/** Changes rows of the contacts at random times. */
export const changeSome = Effect.fnUntraced(function* (world: World, random: SeededRandom) {
  const { scenario, server } = world
  const { items, rows, theme } = scenario
  if (theme !== "items" && theme !== "secrets") return
  for (let nth = 0; nth < scenario.otherWrites; nth++) {
    yield* Effect.sleep(random.millis(60_000))
    const contactId = contactOf(world, random)
    if (theme === "secrets") {
      const index = random.chance(0.7) ? random.below(3) : random.below(rows + 2)
      yield* ContactRows.toggleSecret(server, contactId, index, random)
    } else yield* ContactRows.addItem(server, items, contactId, random)
  }
})

/** A scripted server of lookups (wire contract 12.2), to test how `Contact.find` pages and compares. */
import type { HttpClientRequest } from "effect/http"
import type * as Contact from "../../src/Contact.ts"
import * as Fake from "./FakeHttp.ts"

/** The variables that a lookup sends. */
export interface Variables {
  readonly first: number
  readonly order: "asc" | "desc"
  readonly after?: string
  readonly meta?: object
  readonly ids?: ReadonlyArray<string>
  readonly fingerprints?: ReadonlyArray<string>
  readonly emails?: ReadonlyArray<string>
}

/** The variables of a request that was sent. */
export const variablesOf = (sent: Pick<Fake.Sent, "body"> | undefined): Variables =>
  JSON.parse(sent?.body ?? "").variables

/** The cursor of a contact. */
export const cursor = (id: string): string => Buffer.from(`GPC:S:${id}`).toString("base64")

const iso = (millis: number): string => new Date(millis).toISOString()

/** A contact as a lookup replies with it. */
export const node = ({ createdAt, updatedAt, verifiedAt, ...contact }: Contact.FoundContact) => ({
  ...contact,
  verifiedAt: verifiedAt === null ? null : iso(verifiedAt),
  createdAt: iso(createdAt),
  updatedAt: iso(updatedAt)
})

/** A contact without preferences. The higher the number in its id, the older it is. */
export const contact = (id: string, fields: Partial<Contact.FoundContact> = {}): Contact.FoundContact => {
  const { preferences: _, ...found } = Fake.contact(id)
  return { ...found, ...fields }
}

/** The ids `c1` to `c<count>`, from the newest contact to the oldest. */
export const ids = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `c${index + 1}`)

/** A reply with one page. */
export const page = (contacts: ReadonlyArray<Contact.FoundContact>, hasNextPage = false): (() => Response) =>
  Fake.json(200, {
    data: { contacts: { edges: contacts.map((contact) => ({ node: node(contact) })), pageInfo: { hasNextPage } } }
  })

/** A reply with errors. */
export const errors = (...given: ReadonlyArray<object>): (() => Response) => Fake.json(200, { errors: given })

/** The options of a scripted server. */
export interface Options {
  /** Called before each reply, with the number of the request, from 1. */
  readonly before?: (request: number) => void
  /** Compares a column with a value of the request. Default: they are equal. */
  readonly equals?: (stored: string, wanted: string) => boolean
  /** The largest page. Default 100. */
  readonly maxPage?: number
}

/** A server that answers from a list of contacts. The test may change the list meanwhile. */
export const server = (contacts: Array<Contact.FoundContact>, options: Options = {}): Fake.Fake => {
  const { before, equals = (stored, wanted) => stored === wanted, maxPage = 100 } = options
  let requests = 0
  const isIn = (values: ReadonlyArray<string> | undefined, stored: string | null) =>
    values === undefined || (stored !== null && values.some((value) => equals(stored, value)))
  const run = (request: HttpClientRequest.HttpClientRequest) => {
    before?.(++requests)
    const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
    const { after, emails, fingerprints, first, ids: wanted, order } = variablesOf({ body })
    const sorted = contacts.toSorted(
      (left, right) => (left.createdAt - right.createdAt || (left.id > right.id ? 1 : -1)) * (order === "asc" ? 1 : -1)
    )
    const at = sorted.findIndex(({ id }) => after !== undefined && cursor(id) === after)
    // A cursor of a deleted contact: the page is empty. Of one that does not match: the next one that does is left out.
    const rows = after === undefined ? sorted : at === -1 ? [] : sorted.slice(at)
    const matching = rows.filter(
      ({ email, fingerprint, id }) => isIn(wanted, id) && isIn(fingerprints, fingerprint) && isIn(emails, email)
    )
    const rest = after === undefined ? matching : matching.slice(1)
    const size = Math.min(first, maxPage)
    return page(rest.slice(0, size), rest.length > size)()
  }
  return Fake.script({ run })
}

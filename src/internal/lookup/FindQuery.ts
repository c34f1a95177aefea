/** The GraphQL query of a lookup, and its variables (wire contract 12.2). */
import * as Base64 from "effect/encoding/Base64"
import { pageSize } from "../list/ListQuery.ts"
import type { Order } from "../list/ResumePoint.ts"
import type { FindRequest, MetaValue, MetaValues } from "./FindRequest.ts"

/** The text is always the same. All that comes from the caller is in the variables, which have the names of the request. */
export const query = `query FindContacts(
  $first: Int, $after: ID, $order: ListOrder, $meta: JsonObject, $ids: [ID!], $fingerprints: [String!], $emails: [String!]
) {
  contacts(
    first: $first, after: $after, order: $order, meta: $meta, contactIds: $ids, fingerprints: $fingerprints, emails: $emails
  ) {
    edges { node { id name description fingerprint email phone nick verifiedAt meta createdAt updatedAt } }
    pageInfo { hasNextPage }
  }
}`

/** The variables of a query, but for the cursor. */
export interface Variables {
  readonly first: number
  readonly order: Order
  readonly meta?: MetaValues
  readonly ids?: ReadonlyArray<string>
  readonly fingerprints?: ReadonlyArray<string>
  readonly emails?: ReadonlyArray<string>
}

/** The variables that all queries of a lookup have. */
export const variables = ({ meta, order = "desc" }: FindRequest): Variables => ({
  first: pageSize,
  order,
  ...(meta === undefined ? {} : { meta: withQuotedKeys(meta) })
})

/** A key that every database reads without quotes. */
const identifier = /^[A-Za-z_]\w*$/

/** The server makes a path of the keys. A dot, a bracket or a quote belongs to the key only if the key is quoted. */
const withQuotedKeys = (object: MetaValues): MetaValues =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      identifier.test(key) ? key : JSON.stringify(key),
      isArray(value) ? value.map(quoted) : quoted(value)
    ])
  )

const quoted = (value: MetaValue): MetaValue => (typeof value === "object" ? withQuotedKeys(value) : value)

/** `Array.isArray` does not narrow to a readonly array. */
const isArray = <A>(value: A | ReadonlyArray<A>): value is ReadonlyArray<A> => Array.isArray(value)

/** The body of a request for a page: the first one, or the one after a contact. */
export const body = (variables: Variables, after: string | undefined): object => ({
  query,
  variables: after === undefined ? variables : { ...variables, after: Base64.encode(`GPC:S:${after}`) }
})

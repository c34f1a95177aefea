/** The contacts that every contender reads, for the server that sends them and for the check of a list. */

import type { Contact } from "effect-chatbotkit/Contact"

/** The path prefix that clients use on any host but the vendor's. */
export const prefix = "/api/v1/contact"

/** The path of lookups. */
export const graphqlPath = "/api/v1/graphql"

const began = 1_700_000_000_000
const words = ["Ada Lovelace", "Grace Hopper", "José Ñandú", "Barbara Liskov", "Edsger Dijkstra", "Radia Perlman"]

/** The id of the contact at a position of the list. */
export const idOf = (index: number): string => `c${index.toString().padStart(24, "0")}`

/** The position in the list of the contact with an id. */
export const indexOf = (id: string): number => Number(id.slice(1))

/** The contact at a position of the list, whose first contact is the newest. */
export const contactAt = (index: number): Contact => ({
  id: idOf(index),
  name: words[index % words.length] ?? "",
  description: index % 3 === 0 ? "Met at the conference; asked for the price list" : "",
  fingerprint: `crm-${index.toString().padStart(12, "0")}`,
  email: index % 4 === 3 ? null : `contact${index}@example.com`,
  phone: index % 2 === 0 ? "+12025550123" : null,
  nick: index % 5 === 0 ? "nick" : null,
  preferences: null,
  verifiedAt: index % 2 === 0 ? began : null,
  meta: index % 6 === 5 ? null : { tier: index % 2 === 0 ? "gold" : "silver", rank: index % 100, tags: ["a", "b"] },
  createdAt: began - index,
  updatedAt: began + index
})

/** The token of the account that has `size` contacts. */
export const tokenOf = (size: number): string => `sk-${size}`

/** The number of contacts that the account of an Authorization header has. */
export const sizeOf = (authorization: string | undefined): number =>
  Number((authorization ?? "").slice("Bearer sk-".length))

/** The checksum of a list: the sum of the last three digits of each `createdAt`. */
export const checksum = (size: number): number => {
  let sum = 0
  for (let index = 0; index < size; index++) sum += (began - index) % 1000
  return sum
}

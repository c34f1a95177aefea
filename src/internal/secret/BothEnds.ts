/** The list of secrets, put together from the pages of its two ends. */
import { pageSize } from "../list/ListQuery.ts"
import type { ContactSecret } from "./SecretSchema.ts"

/**
 * The end of the list that a page begins at: the one where the caller's order begins, or the other one, which is read in the
 * opposite order.
 */
export type End = "front" | "back"

/** The result of a page: the secrets to deliver, in the caller's order, and what follows. */
export interface Accepted {
  readonly secrets: ReadonlyArray<ContactSecret>
  /** The list is complete; or it needs another page; or the pages at both ends cannot show all of it. */
  readonly next: "complete" | "another page" | "incomplete"
}

/** The most pages that are read. More than two are needed only if secrets are authorized or revoked meanwhile. */
const maxPages = 4

/**
 * The value row that an item is made from. A secret that is revoked and authorized again has the same id, but another row, at another
 * place in the list. Rows are ordered by the time of their creation, which never changes.
 */
const rowOf = ({ createdAt, id }: ContactSecret): string => `${createdAt} ${id}`

/**
 * The progress of a list of secrets over its pages, alternately from its front and its back. It sends no requests itself.
 *
 * The server's cursor is of no use (wire contract 3.8.1), so only the first 100 rows from each end can be read. Rows without a secret
 * are left out of a page, so a short page does not prove that there are no more. But if a row is on two pages in a row, one from
 * each end, then these two have the whole list: whatever existed at both times is either before that row, and so on the page
 * from the front, or after it, and so on the page from the back. This holds whatever is added or deleted between the two, since
 * a row never moves. Two empty pages count as an empty list: it can have secrets only if there are more than 100 rows, and the
 * first 100 and the last 100 have no secret.
 */
export class BothEnds {
  #pages = 0
  #previous: ReadonlyArray<ContactSecret> = []
  /** The rows of the first page, which are delivered at once. */
  #firstRows: ReadonlySet<string> = new Set()
  readonly #delivered = new Set<string>()
  #lastId: string | undefined

  /** The id of the last secret delivered. */
  get lastId(): string | undefined {
    return this.#lastId
  }

  /** The number of secrets delivered. */
  get received(): number {
    return this.#delivered.size
  }

  /** The end that the next page has to begin at. */
  get nextEnd(): End {
    return this.#pages % 2 === 0 ? "front" : "back"
  }

  /** Accepts the page at {@link nextEnd}, in the order in which the server sent it. */
  accept(items: ReadonlyArray<ContactSecret>): Accepted {
    const isBack = this.nextEnd === "back"
    const previous = this.#previous
    this.#previous = items
    this.#pages++
    if (this.#pages === 1) {
      this.#firstRows = new Set(items.map(rowOf))
      return { secrets: this.#deliver(items), next: "another page" }
    }
    const merged = isBack ? join(previous, items) : join(items, previous)
    if (merged === undefined)
      return { secrets: [], next: this.#isUnsettled(previous, items) ? "another page" : "incomplete" }
    // What existed throughout and is not on the first page comes after all that is left of that page.
    const past = merged.findLastIndex((secret) => this.#firstRows.has(rowOf(secret)))
    return { secrets: this.#deliver(merged.slice(past + 1)), next: "complete" }
  }

  /** True if a change between the two pages may be the reason that they do not meet, and another page may meet the last one. */
  #isUnsettled(previous: ReadonlyArray<ContactSecret>, items: ReadonlyArray<ContactSecret>): boolean {
    if (this.#pages === maxPages) return false
    const ids = new Set(previous.map(({ id }) => id))
    return previous.length < pageSize || items.length < pageSize || items.some(({ id }) => ids.has(id))
  }

  /** The secrets that were not delivered before, each once. */
  #deliver(secrets: ReadonlyArray<ContactSecret>): ReadonlyArray<ContactSecret> {
    return secrets.filter(({ id }) => {
      if (this.#delivered.has(id)) return false
      this.#delivered.add(id)
      this.#lastId = id
      return true
    })
  }
}

/** The whole list, in the order of the page from the front. Undefined if no row is on both pages, unless both are empty. */
const join = (
  front: ReadonlyArray<ContactSecret>,
  back: ReadonlyArray<ContactSecret>
): ReadonlyArray<ContactSecret> | undefined => {
  if (front.length === 0 && back.length === 0) return []
  const rows = new Map(front.map((secret, index) => [rowOf(secret), index]))
  const reversed = back.toReversed()
  const lastCommon = reversed.findLastIndex((secret) => rows.has(rowOf(secret)))
  const common = reversed[lastCommon]
  if (common === undefined) return undefined
  return [...front.slice(0, (rows.get(rowOf(common)) ?? 0) + 1), ...reversed.slice(lastCommon + 1)]
}

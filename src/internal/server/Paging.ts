import type { Query } from "./Query.ts"

/** The most rows a page has, and as many as it has if none are asked for. */
export const maxPage = 100

/** The paging parameters of a list (wire contract 4). */
export interface Paging {
  /** Rows a page: 1 to 100. */
  readonly pageSize: number
  /** Rows after which a stream reads no further page; infinity if it reads them all. */
  readonly budget: number
  readonly order: "asc" | "desc"
  /** The id to start after. */
  readonly cursor: string | undefined
}

/** Reads the paging parameters. None is ever refused. */
export const fromQuery = (query: Query): Paging => {
  const take = Number.parseInt(query.get("take") ?? "", 10) || undefined
  return {
    pageSize: Math.min(Math.max(1, take ?? maxPage), maxPage),
    budget: take ?? Number.POSITIVE_INFINITY,
    order: query.get("order")?.trim() === "asc" ? "asc" : "desc",
    cursor: query.get("cursor")?.trim() || undefined
  }
}

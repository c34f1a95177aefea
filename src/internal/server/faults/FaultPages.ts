import * as Effect from "effect/Effect"
import * as ApiFailure from "../http/ApiFailure.ts"
import type { Fault } from "./Fault.ts"
import type { Identified, InterceptedPage, PageRead } from "./Interceptor.ts"

/** The progress of one reply through its pages. */
export interface PageProgress {
  /** The number of items in the pages read so far. */
  items: number
}

/** Applies a fault to a page of a reply. */
export const apply = <Row extends Identified>(
  fault: Fault,
  progress: PageProgress,
  page: InterceptedPage<Row>
): PageRead<Row> => {
  const read = page.read(page.cursor)
  switch (fault._tag) {
    case "DropPage":
      return page.index === fault.index ? Effect.succeed([]) : read
    case "DelayPage":
      return page.index === fault.index ? Effect.delay(read, fault.duration) : read
    case "IgnoreCursor":
      return page.read(undefined)
    case "ErrorAfter":
      return failing(fault.items, ApiFailure.ofCode(fault), progress, page)
    default:
      return read
  }
}

const failing = <Row extends Identified>(
  items: number,
  failure: ApiFailure.ApiFailure,
  progress: PageProgress,
  page: InterceptedPage<Row>
): PageRead<Row> =>
  Effect.suspend(() => {
    const left = items - progress.items
    if (left <= 0) return Effect.fail(failure)
    return Effect.flatMap(page.read(page.cursor), (rows) => {
      // The next page of a stream starts at the first row left out here, and fails.
      if (rows.length > left && !page.streamed) return Effect.fail(failure)
      const kept = rows.slice(0, left)
      progress.items += kept.length
      return Effect.succeed(kept)
    })
  })

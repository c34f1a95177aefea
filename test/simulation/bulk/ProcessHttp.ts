/** The HTTP client of a process. Its requests reach the world, even if the process is killed when it has sent one. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type { Call } from "../History.ts"
import * as Network from "../Network.ts"
import type { Moments } from "./Moments.ts"
import type { Process } from "./Process.ts"

/** `call` is the one of the requests in the history. */
export const make = (process: Process, moments: Moments, network: HttpClient.HttpClient, call: Call) => {
  let underWay = 0
  let mostUnderWay = 0
  const http = HttpClient.make((request) =>
    Effect.gen(function* () {
      yield* process.act(() => {
        mostUnderWay = Math.max(mostUnderWay, ++underWay)
      })
      const sent = process.outside(Effect.provideService(network.execute(request), Network.CurrentCall, call), () =>
        moments.reach("request")
      )
      const response = yield* sent
      yield* process.act(() => {
        moments.reach("reply")
      })
      return response
    }).pipe(Effect.ensuring(Effect.sync(() => underWay--)))
  )
  return { http, mostUnderWay: () => mostUnderWay }
}

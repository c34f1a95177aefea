/** The origin of the request that a server is handling. */
import * as Context from "effect/Context"

/** The call and the request that the server is handling. */
export interface Origin {
  readonly call: number
  readonly request: number
}

export const noOrigin: Origin = { call: -1, request: 0 }

export const CurrentOrigin = Context.Reference<Origin>("simulation/CurrentOrigin", { defaultValue: () => noOrigin })

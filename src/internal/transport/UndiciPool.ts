import type * as UndiciModule from "@effect/platform-node/Undici"
import type { Dispatcher } from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const globalImmediate = globalThis.setImmediate

const requirements =
  "layers/Node needs Node.js 22.19 or later, and undici 8, which @effect/platform-node brings; use layers/Fetch"

/** True for a Node.js that undici 8 supports, or another runtime that names such a version. */
const isSupported = (): boolean => {
  const [major = 0, minor = 0] = (globalThis.process?.versions?.node ?? "").split(".").map(Number)
  return major > 22 || (major === 22 && minor >= 19)
}

const runtime = (): string => {
  const { bun, deno, node } = globalThis.process?.versions ?? {}
  return bun !== undefined ? `Bun ${bun}` : deno !== undefined ? `Deno ${deno}` : `Node.js ${node ?? "is missing"}`
}

const unsupported = (cause?: unknown): Error => new Error(`${requirements} (this is ${runtime()})`, { cause })

/** The dispatcher, or a defect that says what is needed: no option is at fault, and the program cannot recover. */
export const checked = <D extends Pick<Dispatcher, "dispatch">>(dispatcher: D): Effect.Effect<D> =>
  typeof dispatcher.dispatch === "function" ? Effect.succeed(dispatcher) : Effect.die(unsupported())

/** Undici, loaded only when the layer is built: on other runtimes, loading it fails. */
const undici: Effect.Effect<typeof UndiciModule, Error> = Effect.suspend(() =>
  isSupported()
    ? Effect.tryPromise({ try: () => import("@effect/platform-node/Undici"), catch: unsupported })
    : Effect.fail(unsupported())
)

/** A pool of connections over HTTP/1.1, and how to close it. */
const openAgents = ({ Agent, buildConnector }: typeof UndiciModule) => {
  const connecting = new Set<Socket>()
  const connect: UndiciModule.buildConnector.connector = buildConnector({ allowH2: false })
  const open = (options: UndiciModule.Agent.Options) =>
    new Agent({
      ...options,
      allowH2: false,
      connect: (options, callback) => {
        const socket: unknown = connect(options, (...result) => {
          if (isSocket(socket)) connecting.delete(socket)
          callback(...result)
        })
        if (isSocket(socket)) connecting.add(socket)
        return socket
      }
    })
  // Even if the server offers to keep an idle connection for longer: gateways silently drop it after some minutes.
  const agent = open({ keepAliveMaxTimeout: 60_000 })
  let withoutReuse: Dispatcher | undefined
  return {
    // Undici uses a connection again in a global immediate, which fake timers would never run.
    dispatcher: (): Dispatcher =>
      globalThis.setImmediate === globalImmediate ? agent : (withoutReuse ??= open({ pipelining: 0 })),
    close: async () => {
      const destroyed = [agent.destroy(), withoutReuse?.destroy()]
      // Undici does not close sockets that are still connecting. They would keep the process running until their timeout.
      for (const socket of connecting) socket.destroy(new Error("The pool of connections was closed"))
      await Promise.all(destroyed)
    }
  }
}

interface Socket {
  readonly destroy: (error: Error) => unknown
}

/** Undici's connector returns its socket, which its types do not say. */
const isSocket = (value: unknown): value is Socket =>
  typeof value === "object" && value !== null && "destroy" in value && typeof value.destroy === "function"

/** A pool of connections, which closes with the scope. */
export const make: Effect.Effect<() => Dispatcher, never, Scope.Scope> = Effect.acquireRelease(
  Effect.flatMap(undici, (module) => Effect.try({ try: () => openAgents(module), catch: unsupported })),
  ({ close }) => Effect.promise(close)
).pipe(
  Effect.orDie,
  Effect.tap(({ dispatcher }) => checked(dispatcher())),
  Effect.map(({ dispatcher }) => dispatcher)
)

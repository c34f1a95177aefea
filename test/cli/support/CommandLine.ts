/** Runs commands in process, on the in-memory API, with standard streams that are recorded. */
import { it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Sink from "effect/Sink"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Terminal from "effect/Terminal"
import * as Client from "../../../src/Client.ts"
import * as Program from "../../../src/cli/Program.ts"
import { ApiClient } from "../../../src/cli/support/ApiClient.ts"
import * as InMemory from "../../../src/layers/InMemory.ts"

/** The surroundings of a command. */
export interface Options {
  /** The text or the bytes on standard input. A terminal if absent. */
  readonly stdin?: string | Uint8Array | undefined
  /** The lines that somebody types. */
  readonly typed?: ReadonlyArray<string> | undefined
  /** True if standard output and standard error are a terminal, of this width. */
  readonly columns?: number | undefined
  /** The environment, beside the secret of the in-memory API. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

/** The result of a command. */
export interface Run {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** The client of a command: over the in-memory API of the test, without waits between attempts. */
const apiClient = (httpClient: HttpClient.HttpClient): typeof ApiClient.Service => ({
  layer: (options) =>
    Effect.succeed(
      Client.layer({ ...options, retry: { retries: 0 } }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, httpClient))
      )
    )
})

const decoder = new TextDecoder()

const recorder = () => {
  let text = ""
  return {
    sink: () =>
      Sink.forEach((part: string | Uint8Array) =>
        Effect.sync(() => {
          text += typeof part === "string" ? part : decoder.decode(part)
        })
      ),
    text: () => text
  }
}

/** A terminal on which the lines are typed, and then nothing more. */
const terminal = ({ columns = 80, typed = [] }: Options): Terminal.Terminal => {
  const lines = [...typed]
  return Terminal.make({
    columns: Effect.succeed(columns),
    rows: Effect.succeed(24),
    size: Effect.die("no change of size is watched"),
    readInput: Effect.die("no keys are read"),
    readLine: Effect.suspend(() => {
      const line = lines.shift()
      return line === undefined ? Effect.fail(new Terminal.QuitError({})) : Effect.succeed(line)
    }),
    display: () => Effect.die("nothing is displayed")
  })
}

const bytesOf = (input: string | Uint8Array) => (typeof input === "string" ? new TextEncoder().encode(input) : input)

/** Runs a command. */
export const run = Effect.fnUntraced(function* (args: ReadonlyArray<string>, options: Options = {}) {
  const httpClient = yield* HttpClient.HttpClient
  const stdout = recorder()
  const stderr = recorder()
  const isTerminal = Effect.succeed(options.columns !== undefined)
  const streams = Stdio.layerTest({
    stdin: options.stdin === undefined ? Stream.never : Stream.make(bytesOf(options.stdin)),
    stdinIsTerminal: Effect.succeed(options.stdin === undefined),
    stdoutIsTerminal: isTerminal,
    stderrIsTerminal: isTerminal,
    stdout: stdout.sink,
    stderr: stderr.sink
  })
  const environment = { HOME: "/nonexistent", CHATBOTKIT_API_SECRET: "sk-in-memory", ...options.env }
  const exitCode = yield* Program.run(args, { version: "1.2.3" }).pipe(
    Effect.provideService(ApiClient, apiClient(httpClient)),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: environment })),
    Effect.provideService(Terminal.Terminal, terminal(options)),
    Effect.provide(Layer.merge(NodeServices.layer, streams))
  )
  const result: Run = { stdout: stdout.text(), stderr: stderr.text(), exitCode }
  return result
})

/** A contact whose fields are all set, and have text that a format has to quote. */
export const ada: InMemory.Seed = {
  id: "cada000000000000000000000",
  name: 'Ada "Countess", Lovelace',
  description: "",
  fingerprint: "crm-0001-ada-lovelace",
  email: "ada@example.com",
  phone: "+12025550123",
  nick: "=ada",
  preferences: null,
  verifiedAt: null,
  meta: { tier: "gold", tags: ["a", "b"] },
  createdAt: 1_700_000_000_000,
  updatedAt: 1_700_000_000_000
}

/** A contact with wide characters, and with control characters that a terminal would obey. */
export const mallory: InMemory.Seed = {
  id: "cmallory00000000000000000",
  name: "日本語\u001b[31m\u202eevil",
  description: "",
  fingerprint: "crm-0002-mallory-xxxx",
  email: null,
  phone: null,
  nick: null,
  preferences: "line\nbreak",
  verifiedAt: 1_700_000_001_000,
  meta: null,
  createdAt: 1_700_000_001_000,
  updatedAt: 1_700_000_001_000
}

/** The services of {@link test}. */
export type Needs = InMemory.InMemory | HttpClient.HttpClient

/** A test with an in-memory API of its own. */
export const test = (name: string, body: () => Effect.Effect<void, unknown, Needs>): void =>
  it.effect(name, () => Effect.provide(Effect.suspend(body), InMemory.layerHttpClient()))

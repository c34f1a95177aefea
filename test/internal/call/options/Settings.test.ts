import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Redacted, Result } from "effect"
import { inspect } from "node:util"
import type * as Options from "../../../../src/internal/call/options/Options.ts"
import * as Settings from "../../../../src/internal/call/options/Settings.ts"

const secret = Redacted.make("sk-1")

/** Options without types, as callers in JavaScript give them. */
const loose = (options: Readonly<Record<string, unknown>>) => Settings.resolve(options as unknown as Options.Options)

const settings = (options: Partial<Options.Options> = {}) => Result.getOrThrow(Settings.resolve({ secret, ...options }))

/** The option named by the failure. */
const refused = (options: Readonly<Record<string, unknown>>): string =>
  Result.match(loose(options), { onSuccess: () => "(accepted)", onFailure: (error) => error.option })

const isRefused = (option: string, value: unknown) => refused({ secret, [option]: value })

describe("secret", () => {
  const wiped = Redacted.make("sk-1")
  Redacted.wipeUnsafe(wiped)

  it.each([
    ["missing", undefined],
    ["null", null],
    ["plain text", "sk-canary"],
    ["a number in Redacted", Redacted.make(5)],
    ["empty", Redacted.make("")],
    ["a blank in it", Redacted.make("sk canary")],
    ["a newline in it", Redacted.make("sk-canary\n")],
    ["CRLF and a header", Redacted.make("sk-canary\r\nX-Evil: 1")],
    ["NUL in it", Redacted.make("sk-canary\0")],
    ["no ASCII", Redacted.make("sk-canäry")],
    ["a function", () => Redacted.make("sk-canary")],
    ["wiped", wiped]
  ])("refuses: %s", (_, value) => {
    const result = loose({ secret: value })
    assert.isTrue(Result.isFailure(result))
    if (Result.isSuccess(result)) return
    const error = result.failure
    assert.strictEqual(error.option, "secret")
    for (const text of [String(error), JSON.stringify(error), inspect(error, { depth: 9 }), error.stack ?? ""]) {
      assert.notInclude(text, "canary")
      assert.notInclude(text, "Evil")
    }
  })

  it.each([Redacted.make("sk-1"), Effect.succeed(secret), Effect.fail("no")])("takes %s", (value) =>
    assert.isTrue(Result.isSuccess(loose({ secret: value })))
  )
})

describe("the description says what to do", () => {
  it.each<[options: Readonly<Record<string, unknown>>, option: string, description: RegExp]>([
    [{}, "secret", /not set/],
    [{ secret: undefined }, "secret", /not set/],
    [{ secret: null }, "secret", /not set/],
    [{ secret: "sk-canary" }, "secret", /Redacted\.make/],
    [{ secret: Redacted.make(undefined) }, "secret", /not set.*environment variable/],
    [{ secret: Redacted.make("") }, "secret", /empty.*environment variable/],
    [{ secret: Redacted.make(" \n") }, "secret", /empty/],
    [{ secret: Redacted.make("Bearer sk-canary") }, "secret", /without "Bearer "/],
    [{ secret: Redacted.make("bearer  sk-canary") }, "secret", /without "Bearer "/],
    [{ secret: Redacted.make("sk-canary\n") }, "secret", /line break/],
    [{ secret: Redacted.make("sk canary") }, "secret", /visible ASCII/],
    [{ secret, retry: { retires: 0 } }, "retry.retires", /Did you mean retry\.retries\?/],
    [{ secret, retires: 0 }, "retires", /Did you mean retry\.retries\?/],
    [{ secret, retries: 0 }, "retries", /Did you mean retry\.retries\?/],
    [{ secret, baseURL: "https://canary.test" }, "baseURL", /Did you mean baseUrl\?/],
    [{ secret, timeouts: {} }, "timeouts", /Did you mean timeout\?/],
    [{ secret, timeout: { attemps: 1 } }, "timeout.attemps", /Did you mean timeout\.attempt\?/],
    [{ secret, rateLimit: { limits: 1, window: 1 } }, "rateLimit.limits", /Did you mean rateLimit\.limit\?/],
    [{ secret, colour: 1 }, "colour", /no such option$/],
    [{ secret, apiKey: "sk-canary" }, "apiKey", /Expected secret, baseUrl, .*no such option$/],
    [{ secret, retry: { colour: 1 } }, "retry.colour", /Expected retries, delay, maxDelay: .*no such option$/],
    [{ secret, timeout: { attempt: "5s" } }, "timeout.attempt", /such as "30 seconds"/],
    [{ secret, constructor: 1 }, "constructor", /no such option$/],
    [{ secret, timeout: 5 }, "timeout", /object with attempt, idle, total/],
    [{ secret, rateLimit: { window: 1 } }, "rateLimit.limit", /an integer from 1/],
    [{ secret, rateLimit: { limit: 1 } }, "rateLimit.window", /a positive, finite duration/],
    [{ secret, baseUrl: "https://canary.test/api/v1" }, "baseUrl", /Leave out .*\/api\/v1/],
    [{ secret, baseUrl: "https://canary.test/api/v1/" }, "baseUrl", /Leave out/],
    [{ secret, baseUrl: "https://canary.test/v1" }, "baseUrl", /Leave out \/v1/],
    [{ secret, baseUrl: "https://api.chatbotkit.com/api/v1" }, "baseUrl", /Leave out/],
    [{ secret, baseUrl: "canary.test" }, "baseUrl", /put https:\/\//],
    [{ secret, baseUrl: "api.chatbotkit.com/v1" }, "baseUrl", /put https:\/\//],
    [{ secret, baseUrl: "localhost:8787" }, "baseUrl", /put https:\/\//],
    [{ secret, headers: new Map([["x-canary", "1"]]) }, "headers", /object of header names/]
  ])("%o", (options, option, description) => {
    const result = loose(options)
    assert.isTrue(Result.isFailure(result))
    if (Result.isSuccess(result)) return
    assert.strictEqual(result.failure.option, option)
    assert.match(result.failure.description, description)
    assert.notInclude(inspect(result.failure, { depth: 9 }), "canary")
  })

  it.each([
    [{ retry: { retires: 0 } }, /Did you mean retry\.retries\?/],
    [{ secret: Redacted.make("") }, /empty/]
  ])("%o as an override", (overrides, description) => {
    const result = Settings.override(settings(), overrides as Options.Overrides)
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) assert.match(result.failure.description, description)
  })
})

describe("any JavaScript value", () => {
  const throwing = (what: string) => ({
    get [what]() {
      throw new Error("canary")
    }
  })
  const hostile: object = new Proxy(
    {},
    {
      get: () => {
        throw new Error("canary")
      },
      has: () => {
        throw new Error("canary")
      },
      ownKeys: () => {
        throw new Error("canary")
      },
      getPrototypeOf: () => {
        throw new Error("canary")
      }
    }
  )
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const values = [undefined, null, 0, "canary", true, Symbol("canary"), () => {}, [], hostile, revoked.proxy, 1n]

  it.each(values.map((value, index) => [index, value] as const))("number %s for options is refused", (_, value) => {
    for (const result of [Settings.resolve(value as Options.Options), Settings.override(settings(), value as never)]) {
      assert.isTrue(Result.isFailure(result))
      if (Result.isFailure(result)) assert.notInclude(inspect(result.failure, { depth: 9 }), "canary")
    }
  })

  it.each(
    [
      "secret",
      "baseUrl",
      "timezone",
      "headers",
      "timeout",
      "retry",
      "rateLimit",
      "circuitBreaker",
      "exactlyOnce"
    ].flatMap((option) => [hostile, revoked.proxy].map((value, index) => [option, index, value] as const))
  )("for %s, proxy number %s is refused", (option, _, value) => {
    const result = loose({ secret, [option]: value })
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) assert.notInclude(inspect(result.failure, { depth: 9 }), "canary")
  })

  it.each([
    throwing("secret"),
    { secret, ...Object.create(null), timeout: throwing("attempt") },
    { secret, headers: throwing("x-a") },
    {
      secret,
      get retry() {
        throw new Error("canary")
      }
    }
  ])("a getter that throws is refused", (options) => {
    const result = Settings.resolve(options as Options.Options)
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) assert.notInclude(inspect(result.failure, { depth: 9 }), "canary")
  })

  it("an instance of a class gives its options, inherited ones too", () => {
    class Configuration {
      get secret() {
        return secret
      }
      get baseUrl() {
        return "http://localhost:9"
      }
      timezone = "UTC"
    }
    const { headers, prefix } = Result.getOrThrow(Settings.resolve(new Configuration()))
    assert.deepStrictEqual([prefix, headers["x-timezone"]], ["http://localhost:9/api/v1", "UTC"])
  })

  it("uses the values that it checked, also if a getter changes its answer", () => {
    let reads = 0
    const options = {
      secret,
      get timezone() {
        return reads++ < 2 ? "UTC" : "a\r\nX-Evil: 1"
      }
    }
    assert.strictEqual(Result.getOrThrow(Settings.resolve(options)).headers["x-timezone"], "UTC")
  })
})

describe("baseUrl", () => {
  it.each([
    [undefined, "https://api.chatbotkit.com/v1"],
    ["https://api.chatbotkit.com", "https://api.chatbotkit.com/v1"],
    ["https://api.chatbotkit.com/", "https://api.chatbotkit.com/v1"],
    ["https://api.chatbotkit.com/v1", "https://api.chatbotkit.com/v1"],
    ["https://api.chatbotkit.com/v1/", "https://api.chatbotkit.com/v1"],
    ["HTTPS://API.ChatBotKit.com", "https://api.chatbotkit.com/v1"],
    ["http://127.0.0.1:4000", "http://127.0.0.1:4000/api/v1"],
    ["http://[::1]:4000/", "http://[::1]:4000/api/v1"],
    ["https://chatbotkit.com", "https://chatbotkit.com/api/v1"],
    ["https://api.chatbotkit.com.evil.test", "https://api.chatbotkit.com.evil.test/api/v1"],
    ["https://proxy.test/a/b//", "https://proxy.test/a/b/api/v1"],
    [new URL("http://localhost:1234"), "http://localhost:1234/api/v1"]
  ])("%s gives %s", (baseUrl, prefix) => assert.strictEqual(settings({ baseUrl }).prefix, prefix))

  it.each([
    ["https://proxy.test", "proxy.test", 443],
    ["http://proxy.test", "proxy.test", 80],
    ["http://proxy.test:81", "proxy.test", 81]
  ])("the server of %s is %s port %s", (baseUrl, address, port) =>
    assert.deepStrictEqual(settings({ baseUrl }).server, { address, port })
  )

  it.each([
    "",
    "canary.test",
    "/canary",
    "ftp://canary.test",
    "javascript:canary()",
    "https://user:canary@host.test",
    "https://canary@host.test",
    "https://host.test?key=canary",
    "https://host.test#canary",
    "https://",
    "https://api.chatbotkit.com/canary",
    5,
    null,
    {},
    ["https://host.test"]
  ])("refuses %j without showing it", (baseUrl) => {
    const result = loose({ secret, baseUrl })
    assert.isTrue(Result.isFailure(result))
    if (Result.isSuccess(result)) return
    assert.strictEqual(result.failure.option, "baseUrl")
    assert.notInclude(inspect(result.failure, { depth: 9 }), "canary")
  })
})

describe.each(["runAsUserId", "runAsChildUserEmail", "timezone"])("%s", (option) => {
  it.each(["", " ", "a\nb", "a\rb", "a\0b", "漢", "\ud800", 5, null, {}, ["a"]])("refuses %j", (value) => {
    const result = loose({ secret, [option]: value })
    assert.strictEqual(isRefused(option, value), option)
    if (Result.isFailure(result)) assert.notInclude(JSON.stringify(result.failure), "a\\")
  })
  it.each(["user_1", "ada@example.com", "Europe/Sofia", undefined])("takes %j", (value) =>
    assert.strictEqual(isRefused(option, value), "(accepted)")
  )
})

describe("headers", () => {
  it("are sent, with those of the other options", () => {
    const { headers } = settings({
      headers: { "X-Extra": "1", "x-empty": "" },
      runAsUserId: "u",
      runAsChildUserEmail: "e@x.co",
      timezone: "UTC"
    })
    assert.deepStrictEqual(
      { ...headers },
      {
        "x-extra": "1",
        "x-empty": "",
        "x-runas-user-id": "u",
        "x-runas-child-user-email": "e@x.co",
        "x-timezone": "UTC"
      }
    )
  })

  it.each([
    [{ Authorization: "Bearer canary" }, "headers"],
    [{ "CONTENT-TYPE": "canary" }, "headers"],
    [{ host: "canary" }, "headers"],
    [{ "x-runas-user-id": "canary" }, "headers"],
    [{ "x bad": "canary" }, "headers"],
    [{ "": "canary" }, "headers"],
    [{ "x:y": "canary" }, "headers"],
    [{ "x-a": "canary\nX-Evil: 1" }, "headers.x-a"],
    [{ "x-a": "canary\r" }, "headers.x-a"],
    [{ "x-a": "canary\0" }, "headers.x-a"],
    [{ "x-a": "canary漢" }, "headers.x-a"],
    [{ "x-a": 5 }, "headers.x-a"],
    [{ "x-a": undefined }, "headers.x-a"],
    [{ "x-a": ["canary"] }, "headers.x-a"],
    [{ [Symbol("canary")]: "1" }, "headers"],
    ["canary", "headers"],
    [["canary"], "headers"],
    [null, "headers"]
  ])("refuses %j", (headers, option) => {
    const result = loose({ secret, headers })
    assert.isTrue(Result.isFailure(result))
    if (Result.isSuccess(result)) return
    assert.strictEqual(result.failure.option, option)
    assert.notInclude(inspect(result.failure, { depth: 9 }), "canary")
  })
})

const millis = (timeout?: Options.TimeoutOptions) => {
  const { attempt, idle } = settings({ timeout }).timeout
  return [Duration.toMillis(attempt), Duration.toMillis(idle)]
}

describe("timeout", () => {
  it("has defaults, and each can be set or turned off", () => {
    assert.deepStrictEqual(millis(), [30_000, 60_000])
    assert.deepStrictEqual(millis({}), [30_000, 60_000])
    assert.deepStrictEqual(millis({ attempt: undefined, idle: "1 second" }), [30_000, 1000])
    assert.deepStrictEqual(millis({ attempt: "Infinity", idle: Duration.infinity }), [Infinity, Infinity])
  })

  it.each([
    [{ attempt: 0 }, "timeout.attempt"],
    [{ attempt: -1 }, "timeout.attempt"],
    [{ attempt: NaN }, "timeout.attempt"],
    [{ attempt: "soon" }, "timeout.attempt"],
    [{ attempt: null }, "timeout.attempt"],
    [{ idle: "-Infinity" }, "timeout.idle"],
    [{ idle: {} }, "timeout.idle"],
    [{ idle: true }, "timeout.idle"],
    [{ total: 0 }, "timeout.total"],
    [{ overall: 1 }, "timeout.overall"],
    [5, "timeout"],
    ["5 seconds", "timeout"],
    [null, "timeout"]
  ])("refuses %j", (timeout, option) => assert.strictEqual(isRefused("timeout", timeout), option))
})

describe("retry", () => {
  it("has defaults, and each can be set", () => {
    assert.deepStrictEqual(settings().retry, { retries: 3, delay: 250, maxDelay: 10_000 })
    assert.deepStrictEqual(settings({ retry: { retries: 0, delay: 0, maxDelay: "1 minute" } }).retry, {
      retries: 0,
      delay: 0,
      maxDelay: 60_000
    })
    assert.strictEqual(settings({ retry: { retries: 100 } }).retry.retries, 100)
  })

  it.each([
    [{ retries: -1 }, "retry.retries"],
    [{ retries: 101 }, "retry.retries"],
    [{ retries: 1.5 }, "retry.retries"],
    [{ retries: NaN }, "retry.retries"],
    [{ retries: Infinity }, "retry.retries"],
    [{ retries: "3" }, "retry.retries"],
    [{ delay: -1 }, "retry.delay"],
    [{ delay: "x" }, "retry.delay"],
    [{ maxDelay: null }, "retry.maxDelay"],
    [{ times: 1 }, "retry.times"],
    [new Map([["retries", 0]]), "retry"],
    [3, "retry"],
    [false, "retry"]
  ])("refuses %j", (retry, option) => assert.strictEqual(isRefused("retry", retry), option))
})

it.each([null, {}, "x", 5])("transformClient refuses %j", (value) =>
  assert.strictEqual(isRefused("transformClient", value), "transformClient")
)

it("refuses an unknown option by its name", () => {
  const result = loose({ secret, apiKey: "sk-canary" })
  assert.isTrue(Result.isFailure(result))
  if (Result.isFailure(result)) {
    assert.strictEqual(result.failure.option, "apiKey")
    assert.notInclude(inspect(result.failure), "canary")
  }
})

it.each([undefined, null, "sk-canary", 5, []])("refuses %j for options", (options) => {
  const result = Settings.resolve(options as unknown as Options.Options)
  assert.isTrue(Result.isFailure(result))
  assert.notInclude(inspect(result), "canary")
})

describe("merge", () => {
  const base: Options.Options = {
    secret,
    runAsUserId: "u",
    headers: { "x-a": "1", "x-b": "1" },
    timeout: { attempt: 1, idle: 2 },
    retry: { retries: 1 }
  }
  const merged = (...overrides: ReadonlyArray<Options.Overrides>) =>
    overrides.reduce(
      (settings, over) => Result.getOrThrow(Settings.override(settings, over)),
      Result.getOrThrow(Settings.resolve(base))
    )

  it("replaces what is given and keeps the rest", () => {
    const { headers, retry, timeout } = merged({ timezone: "UTC", timeout: { idle: 9 }, retry: { delay: 5 } })
    assert.deepStrictEqual(retry, { retries: 1, delay: 5, maxDelay: 10_000 })
    assert.deepStrictEqual([Duration.toMillis(timeout.attempt), Duration.toMillis(timeout.idle)], [1, 9])
    assert.deepStrictEqual({ ...headers }, { "x-a": "1", "x-b": "1", "x-runas-user-id": "u", "x-timezone": "UTC" })
  })

  it("undefined changes nothing", () => {
    const same = { secret: undefined, headers: undefined, timeout: { idle: undefined }, retry: undefined }
    const { headers, retry, timeout } = merged({ ...same, runAsUserId: undefined } as unknown as Options.Overrides)
    assert.strictEqual(retry.retries, 1)
    assert.strictEqual(Duration.toMillis(timeout.idle), 2)
    assert.strictEqual(headers["x-runas-user-id"], "u")
  })

  it("merges headers by name, whatever its case, the last override winning", () => {
    assert.strictEqual(merged({ headers: { "X-A": "2" } }).headers["x-a"], "2")
    assert.strictEqual(merged({ headers: { "X-A": "2" } }, { headers: { "x-a": "3" } }).headers["x-a"], "3")
  })

  it.each([
    ["retry", 0],
    ["retry", false],
    ["timeout", 5],
    ["secret", null],
    ["headers", null],
    ["headers", 5],
    ["unknown", 1],
    ["retry", { retries: -1 }],
    ["retry", { times: null }],
    ["rateLimit", { limit: null, window: 1 }],
    ["rateLimit", { limit: 1, window: 1, key: null }]
  ])("an override of %s by %j is refused, not ignored", (option, value) => {
    const result = Settings.override(settings(base), { [option]: value } as Options.Overrides)
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) assert.match(result.failure.option, new RegExp(`^${option}`))
  })

  describe("null", () => {
    const defaults = settings()
    const breaker = { execute: () => Effect.void } as unknown as NonNullable<Options.Options["circuitBreaker"]>
    const all: Options.Options = {
      ...base,
      baseUrl: "http://localhost:9",
      runAsChildUserEmail: "e@x.co",
      timezone: "UTC",
      timeout: { attempt: 1, idle: 2, total: 3 },
      retry: { retries: 1, delay: 2, maxDelay: 3 },
      rateLimit: { limit: 1, window: 1 },
      circuitBreaker: breaker,
      exactlyOnce: false,
      transformClient: (client) => client
    }
    const before = settings(all)
    const after = (overrides: Options.Overrides) => Result.getOrThrow(Settings.override(before, overrides))

    it.each([
      ["baseUrl", ["prefix", "server"]],
      ["timeout", ["timeout"]],
      ["retry", ["retry"]],
      ["rateLimit", ["rateLimit"]],
      ["circuitBreaker", ["circuitBreaker"]],
      ["exactlyOnce", ["exactlyOnce"]],
      ["transformClient", ["transformClient"]]
    ] as const)("for %s goes back to the default of %o, and changes nothing else", (option, changed) => {
      const expected = Object.fromEntries(changed.map((name) => [name, defaults[name]]))
      for (const name of changed) assert.notDeepEqual(before[name], defaults[name])
      assert.deepStrictEqual(after({ [option]: null }), { ...before, ...expected })
    })

    it.each([
      ["runAsUserId", "x-runas-user-id"],
      ["runAsChildUserEmail", "x-runas-child-user-email"],
      ["timezone", "x-timezone"]
    ] as const)("for %s removes %s, and changes nothing else", (option, header) => {
      assert.property(before.headers, header)
      const { [header]: _, ...headers } = before.headers
      assert.deepStrictEqual({ ...after({ [option]: null }).headers }, headers)
    })

    it("for a header removes it, whatever its case", () =>
      assert.deepStrictEqual(Object.keys(after({ headers: { "X-A": null, "x-none": null } }).headers), [
        "x-b",
        "x-runas-user-id",
        "x-runas-child-user-email",
        "x-timezone"
      ]))

    it.each(["attempt", "idle", "total"] as const)("for timeout.%s goes back to the default of that alone", (name) =>
      assert.deepStrictEqual(after({ timeout: { [name]: null } }).timeout, {
        ...before.timeout,
        [name]: defaults.timeout[name]
      })
    )

    it.each(["retries", "delay", "maxDelay"] as const)("for retry.%s goes back to the default of that alone", (name) =>
      assert.deepStrictEqual(after({ retry: { [name]: null } }).retry, {
        ...before.retry,
        [name]: defaults.retry[name]
      })
    )

    it("is allowed by the types only where it has a meaning", () => {
      const unset: Options.Overrides = {
        baseUrl: null,
        runAsUserId: null,
        headers: { "x-a": null },
        timeout: { idle: null },
        retry: null
      }
      // @ts-expect-error The secret cannot be unset.
      const noSecret: Options.Overrides = { secret: null }
      // @ts-expect-error A rate limit is replaced as a whole.
      const noLimit: Options.Overrides = { rateLimit: { limit: null, window: 1 } }
      // @ts-expect-error Only overrides can be null.
      const options: Options.Options = { secret, runAsUserId: null }
      assert.isTrue(Result.isSuccess(Settings.override(before, unset)))
      for (const overrides of [noSecret, noLimit]) assert.isTrue(Result.isFailure(Settings.override(before, overrides)))
      assert.isTrue(Result.isFailure(Settings.resolve(options)))
    })
  })
})

/**
 * The least Effect program over fetch that does what no client on Effect can leave out: a request that can be interrupted
 * and times out, its text as JSON, a span for the operation and one for the request. It checks no status, decodes nothing
 * and retries nothing. A client that needs hardly more than this has hardly anything left to save.
 */
import { type Array as Arr, Cause, Effect, Layer, ManagedRuntime, type Pull, Stream } from "effect"
import { prefix } from "../data.ts"
import { type Contender, fromEffects } from "./contender.ts"

const timeout = 30_000

interface Contact {
  readonly createdAt: number
}

interface Event {
  readonly data: Contact
}

/** The JSON of a response, all in one callback. */
const json = (url: string, init: RequestInit): Effect.Effect<Contact, unknown> =>
  Effect.callback((resume) => {
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(), timeout)
    fetch(url, { ...init, redirect: "manual", signal: controller.signal })
      .then((response) => response.text())
      .then(
        (text) => {
          clearTimeout(timer)
          resume(Effect.sync(() => JSON.parse(text)))
        },
        (cause: unknown) => {
          clearTimeout(timer)
          resume(Effect.fail(cause))
        }
      )
    return Effect.sync(() => {
      clearTimeout(timer)
      controller.abort()
    })
  })

type Chunk = ReadableStreamReadResult<Uint8Array>

/** The result of a promise that can be aborted and times out: the headers of a response, or the next chunk of its body. */
const timed = <A>(controller: AbortController, promise: () => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.callback((resume) => {
    const timer = setTimeout(() => controller.abort(), timeout)
    promise().then(
      (value) => {
        clearTimeout(timer)
        resume(Effect.succeed(value))
      },
      (cause: unknown) => {
        clearTimeout(timer)
        resume(Effect.fail(cause))
      }
    )
    return Effect.sync(() => {
      clearTimeout(timer)
      controller.abort()
    })
  })

/** The contacts of each chunk of a list. */
const contactsOf = (
  reader: ReadableStreamDefaultReader<Uint8Array>,
  controller: AbortController
): Pull.Pull<Arr.NonEmptyReadonlyArray<Contact>, unknown> => {
  const decoder = new TextDecoder()
  let rest = ""
  const next: Pull.Pull<Arr.NonEmptyReadonlyArray<Contact>, unknown> = Effect.flatMap(
    timed(controller, (): Promise<Chunk> => reader.read()),
    ({ done, value }) => {
      if (done) return Cause.done()
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n")
      rest = lines.pop() ?? ""
      const [first, ...others] = lines.map((line): Contact => {
        const event: Event = JSON.parse(line)
        return event.data
      })
      return first === undefined ? next : Effect.succeed([first, ...others])
    }
  )
  return next
}

/** The spans of an attempt have the attributes of HTTP that do not depend on the reply. */
const span = (method: string, template: string, baseUrl: string) => {
  const { hostname, port } = new URL(baseUrl)
  return {
    name: `${method} ${template}`,
    options: {
      kind: "client",
      captureStackTrace: false,
      attributes: {
        "http.request.method": method,
        "url.template": template,
        "server.address": hostname,
        "server.port": Number(port)
      }
    }
  } as const
}

export const make = (baseUrl: string, secret: string): Contender => {
  const base = `${baseUrl}${prefix}`
  const authorization = `Bearer ${secret}`
  const getInit = { headers: { authorization, accept: "application/json" } }
  const fetchSpan = span("GET", "/contact/{contactId}/fetch", baseUrl)
  const post = (operation: string, template: string) => {
    const { name, options } = span("POST", template, baseUrl)
    return Effect.fn(`Contact.${operation}`)(function* (path: string, body: object) {
      const init = {
        method: "POST",
        headers: { authorization, accept: "application/json", "content-type": "application/json" },
        body: JSON.stringify(body)
      }
      return yield* Effect.withSpan(json(`${base}/${path}`, init), name, options)
    })
  }
  const create = post("create", "/contact/create")
  const ensure = post("ensure", "/contact/ensure")
  const update = post("update", "/contact/{contactId}/update")
  const remove = post("delete", "/contact/{contactId}/delete")
  const openList = Effect.suspend(() => {
    const controller = new AbortController()
    const init: RequestInit = {
      headers: { authorization, accept: "application/jsonl" },
      redirect: "manual",
      signal: controller.signal
    }
    return Effect.map(
      timed(controller, () => fetch(`${base}/list`, init)),
      ({ body }) => (body === null ? Cause.done() : contactsOf(body.getReader(), controller))
    )
  })
  return fromEffects(ManagedRuntime.make(Layer.empty), {
    list: () => Stream.withSpan(Stream.fromPull(openList), "Contact.list"),
    fetch: Effect.fn("Contact.fetch")(function* (id: string) {
      return yield* Effect.withSpan(json(`${base}/${id}/fetch`, getInit), fetchSpan.name, fetchSpan.options)
    }),
    write: {
      create: ({ fields }) => create("create", fields),
      ensure: ({ fields }) => ensure("ensure", fields),
      update: ({ fields, id }) => update(`${id}/update`, fields),
      delete: ({ id }) => remove(`${id}/delete`, {})
    }
  })
}

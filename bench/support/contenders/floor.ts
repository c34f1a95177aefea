/**
 * The floor: the least Effect program that does what a client on Effect cannot leave out. Its requests can be interrupted
 * and time out, their text is parsed as JSON, and there is a span for the operation and one for the request. It checks no
 * status, decodes nothing and retries nothing.
 */
import { type Array as Arr, Cause, Effect, Layer, ManagedRuntime, type Pull, Stream } from "effect"
import { prefix } from "../data.ts"
import { type Contender, fromEffects } from "./contender.ts"
import type { Chunk, Request, Transport } from "./floorTransport.ts"

const timeout = 30_000

interface Contact {
  readonly createdAt: number
}

interface Event {
  readonly data: Contact
}

/** The JSON of a reply. */
const json = (transport: Transport, request: Request): Effect.Effect<Contact, unknown> =>
  Effect.callback((resume) => {
    const timer = setTimeout(() => abort(), timeout)
    const abort = transport.send(request, {
      onText: (text) => {
        clearTimeout(timer)
        resume(Effect.sync(() => JSON.parse(text)))
      },
      onFailure: (cause) => {
        clearTimeout(timer)
        resume(Effect.fail(cause))
      }
    })
    return Effect.sync(() => {
      clearTimeout(timer)
      abort()
    })
  })

/** The value of a promise. An interruption and the timeout abort it. */
const withTimeout = <A>(controller: AbortController, promise: () => Promise<A>): Effect.Effect<A, unknown> =>
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

type Contacts = Pull.Pull<Arr.NonEmptyReadonlyArray<Contact>, unknown>

/** The contacts of each chunk of a list. */
const contactsOf = (read: () => Promise<Chunk>, controller: AbortController): Contacts => {
  const decoder = new TextDecoder()
  let rest = ""
  const next: Contacts = Effect.flatMap(withTimeout(controller, read), ({ value }) => {
    if (value === undefined) return Cause.done()
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n")
    rest = lines.pop() ?? ""
    const contacts = lines.map((line): Contact => {
      const event: Event = JSON.parse(line)
      return event.data
    })
    return isNonEmpty(contacts) ? Effect.succeed(contacts) : next
  })
  return next
}

const isNonEmpty = <A>(values: ReadonlyArray<A>): values is Arr.NonEmptyReadonlyArray<A> => values.length > 0

/** The span of a request, with the attributes that OpenTelemetry asks for and that do not depend on the reply. */
const withSpan = (method: string, template: string, baseUrl: string) => {
  const { hostname, port } = new URL(baseUrl)
  const options = {
    kind: "client",
    captureStackTrace: false,
    attributes: {
      "http.request.method": method,
      "url.template": template,
      "server.address": hostname,
      "server.port": Number(port)
    }
  } as const
  return <A, E>(self: Effect.Effect<A, E>) => Effect.withSpan(self, `${method} ${template}`, options)
}

export const make = (transport: Transport, baseUrl: string, secret: string): Contender => {
  const authorization = `Bearer ${secret}`
  const withFetchSpan = withSpan("GET", "/contact/{contactId}/fetch", baseUrl)
  const get = (path: string, accept: string): Request => ({
    method: "GET",
    path: `${prefix}/${path}`,
    headers: { authorization, accept }
  })
  const post = (operation: string, template: string) => {
    const withPostSpan = withSpan("POST", template, baseUrl)
    return Effect.fn(`Contact.${operation}`)(function* (path: string, fields: object) {
      const request: Request = {
        method: "POST",
        path: `${prefix}/${path}`,
        headers: { authorization, accept: "application/json", "content-type": "application/json" },
        body: JSON.stringify(fields)
      }
      return yield* withPostSpan(json(transport, request))
    })
  }
  const create = post("create", "/contact/create")
  const ensure = post("ensure", "/contact/ensure")
  const update = post("update", "/contact/{contactId}/update")
  const remove = post("delete", "/contact/{contactId}/delete")
  const openList = Effect.suspend(() => {
    const controller = new AbortController()
    return Effect.map(
      withTimeout(controller, () => transport.open(get("list", "application/jsonl"), controller.signal)),
      (read) => contactsOf(read, controller)
    )
  })
  const contender = fromEffects(ManagedRuntime.make(Layer.empty), {
    list: () => Stream.withSpan(Stream.fromPull(openList), "Contact.list"),
    fetch: Effect.fn("Contact.fetch")(function* (id: string) {
      return yield* withFetchSpan(json(transport, get(`${id}/fetch`, "application/json")))
    }),
    write: {
      create: ({ fields }) => create("create", fields),
      ensure: ({ fields }) => ensure("ensure", fields),
      update: ({ fields, id }) => update(`${id}/update`, fields),
      delete: ({ id }) => remove(`${id}/delete`, {})
    }
  })
  return { ...contender, close: () => transport.close() }
}

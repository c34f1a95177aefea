/**
 * The least client that does what ours cannot leave out: errors that are schemas, decoded replies, retries where they are safe,
 * timeouts, and lists that are complete. It has no options, checks no request, finds no lost create, limits no rate, makes no
 * spans, and shows the server's words. Its size is the floor of our own code.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"
import * as Stream from "effect/Stream"

const fields = {
  operation: Schema.String,
  description: Schema.String,
  attempts: Schema.Int,
  outcome: Schema.Literals(["not-sent", "rejected", "unknown"]),
  isRetryable: Schema.Boolean,
  status: Schema.optionalKey(Schema.Int),
  code: Schema.optionalKey(Schema.String),
  retryAfter: Schema.optionalKey(Schema.Number)
}

class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("InvalidRequest", fields) {}
class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", fields) {}
class PaymentRequired extends Schema.TaggedError<PaymentRequired>()("PaymentRequired", fields) {}
class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", fields) {}
class NotFound extends Schema.TaggedError<NotFound>()("NotFound", fields) {}
class Conflict extends Schema.TaggedError<Conflict>()("Conflict", fields) {}
class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", fields) {}
class ServerError extends Schema.TaggedError<ServerError>()("ServerError", fields) {}
class Timeout extends Schema.TaggedError<Timeout>()("Timeout", fields) {}
class TransportError extends Schema.TaggedError<TransportError>()("TransportError", fields) {}
class UnexpectedResponse extends Schema.TaggedError<UnexpectedResponse>()("UnexpectedResponse", fields) {}

const refusals = {
  400: InvalidRequest,
  401: Unauthorized,
  402: PaymentRequired,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  429: RateLimited
}

const isRefusal = (status: number): status is keyof typeof refusals => status in refusals

type ContactError =
  | InstanceType<(typeof refusals)[keyof typeof refusals]>
  | ServerError
  | Timeout
  | TransportError
  | UnexpectedResponse

const Contact = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  description: Schema.String,
  fingerprint: Schema.String,
  email: Schema.NullOr(Schema.String),
  phone: Schema.NullOr(Schema.String),
  nick: Schema.NullOr(Schema.String),
  preferences: Schema.NullOr(Schema.String),
  verifiedAt: Schema.NullOr(Schema.Number),
  meta: Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown)),
  createdAt: Schema.Number,
  updatedAt: Schema.Number
})
type Contact = typeof Contact.Type

const decoder = <S extends Schema.ConstraintDecoder<unknown>>(schema: S) => SchemaParser.decodeUnknownEffect(schema)
const contact = decoder(Contact)
const ref = decoder(Schema.Struct({ id: Schema.String }))
const page = decoder(Schema.Struct({ items: Schema.Array(Contact), cursor: Schema.optionalKey(Schema.String) }))
const event = decoder(Schema.Struct({ type: Schema.Literal("item"), data: Contact }))

type Query = Readonly<Record<string, string | number | undefined>>

interface Call<A> {
  readonly operation: string
  readonly path: string
  /** True if the call may be sent again after an unknown outcome. */
  readonly isSafe: boolean
  readonly body?: object
  readonly query?: Query
  readonly accept?: string
  readonly read: (response: Response, controller: AbortController) => Effect.Effect<A, unknown>
}

const timeouts = { attempt: "30 seconds", idle: "60 seconds" } as const

const retries = 3

/** Fails with the error of a response that is not a success. */
const refuse = (response: Response, known: ErrorFields): Effect.Effect<never, ContactError> =>
  Effect.flatMap(
    Effect.promise((): Promise<{ code?: unknown; message?: unknown }> => response.json().catch(() => ({}))),
    ({ code, message = "No message" }): Effect.Effect<never, ContactError> => {
      const { headers, status } = response
      const retryAfter = Number(headers.get("retry-after") ?? Number.NaN)
      const error = {
        ...known,
        description: String(message),
        status,
        ...(code === undefined ? {} : { code: String(code) }),
        ...(Number.isNaN(retryAfter) ? {} : { retryAfter: retryAfter * 1000 })
      }
      if (isRefusal(status)) {
        const fields = { ...error, outcome: "rejected" as const, isRetryable: status === 429 }
        return Effect.fail(new refusals[status](fields))
      }
      return Effect.fail(
        status >= 500 ? new ServerError(error) : new UnexpectedResponse({ ...error, isRetryable: false })
      )
    }
  )

interface ErrorFields {
  readonly operation: string
  readonly description: string
  readonly attempts: number
  readonly outcome: "rejected" | "unknown"
  readonly isRetryable: boolean
}

/** Sends a call, and sends it again after a failure that is transient, where that is safe. */
const send = <A>(baseUrl: string, secret: string, call: Call<A>, attempts = 1): Effect.Effect<A, ContactError> => {
  const { accept = "application/json", body, isSafe, operation, path, query = {}, read } = call
  const known: ErrorFields = { operation, attempts, description: path, outcome: "unknown", isRetryable: true }
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  const controller = new AbortController()
  const reply = Effect.tryPromise({
    try: () =>
      fetch(`${baseUrl}/v1/contact/${path}?${new URLSearchParams(given)}`, {
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
        headers: { accept, authorization: `Bearer ${secret}`, "content-type": "application/json" },
        redirect: "manual",
        signal: controller.signal
      }),
    catch: () => new TransportError(known)
  })
  const attempt = Effect.flatMap(reply, (response): Effect.Effect<A, ContactError> =>
    response.status === 200
      ? Effect.mapError(read(response, controller), () => new UnexpectedResponse({ ...known, isRetryable: false }))
      : refuse(response, known)
  ).pipe(
    Effect.timeoutOrElse({ duration: timeouts.attempt, orElse: () => Effect.fail(new Timeout(known)) }),
    Effect.onError(() => Effect.sync(() => controller.abort()))
  )
  return Effect.catch(attempt, (error: ContactError) => {
    const { isRetryable, outcome, retryAfter = Math.random() * 250 * 2 ** attempts } = error
    if (attempts > retries || !isRetryable || (outcome === "unknown" && !isSafe)) return Effect.fail(error)
    return Effect.andThen(Effect.sleep(Math.min(retryAfter, 10_000)), send(baseUrl, secret, call, attempts + 1))
  })
}

/** The progress of a list. It is resumed after the contact before the last, in case the last is deleted. */
interface Progress {
  readonly reader?: ReadableStreamDefaultReader<string> | undefined
  readonly rest: string
  readonly last?: Contact | undefined
  readonly before?: Contact | undefined
}

const start: Progress = { rest: "" }

/** New contacts, and the progress after them, unless they are the last. */
type Step = readonly [ReadonlyArray<Contact>, Option.Option<Progress>]

const isNew =
  (last: Contact | undefined) =>
  ({ createdAt, id }: Contact) =>
    last === undefined || createdAt > last.createdAt || (createdAt === last.createdAt && id > last.id)

/** The contacts that were not delivered before, and the progress after them. */
const accept = (progress: Progress, contacts: ReadonlyArray<Contact>) => {
  const { last } = progress
  const items = contacts.filter(isNew(last))
  const before = items.at(-2) ?? (items.length > 0 ? last : progress.before)
  return { items, next: { ...progress, last: items.at(-1) ?? last, before } }
}

/** The contacts of a chunk's whole lines. */
const readLines = (progress: Progress, chunk: string): Effect.Effect<Step, unknown> => {
  const lines = (progress.rest + chunk).split("\n")
  const rest = lines.pop() ?? ""
  const parse = (line: string) => Effect.try((): unknown => JSON.parse(line))
  return Effect.map(
    Effect.forEach(lines, (line) => Effect.flatMap(parse(line), event)),
    (events) => {
      const contacts = events.map(({ data }) => data)
      const { items, next } = accept(progress, contacts)
      return [items, Option.some({ ...next, rest })]
    }
  )
}

const json =
  <A>(decode: (value: unknown) => Effect.Effect<A, unknown>) =>
  (response: Response) =>
    Effect.flatMap(
      Effect.tryPromise((): Promise<unknown> => response.json()),
      decode
    )

export const make = (baseUrl: string, secret: string) => {
  const run = <A>(call: Call<A>) => send(baseUrl, secret, call)
  const write = (operation: string, path: string, isSafe: boolean, body: object) =>
    run({ operation, path, isSafe, body, read: json(ref) })
  const listPage = (query: Query) =>
    run({ operation: "Contact.listPage", path: "list", isSafe: true, query, read: json(page) })

  /** The list in ascending order. A page after the end of a response confirms that it was the end of the list. */
  const list = (query: Query): Stream.Stream<Contact, ContactError> => {
    const operation = "Contact.list"
    let controller = new AbortController()
    const after = ({ before }: Progress): Query => ({ ...query, order: "asc", cursor: before?.id ?? query["cursor"] })
    const open = (progress: Progress): Effect.Effect<Step, ContactError> =>
      run({
        operation,
        path: "list",
        isSafe: true,
        query: after(progress),
        accept: "application/jsonl",
        read: (response, own) => {
          controller = own
          const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
          return Effect.succeed<Step>([[], Option.some({ ...progress, reader, rest: "" })])
        }
      })
    const confirm = (progress: Progress): Effect.Effect<Step, ContactError> =>
      Effect.flatMap(listPage(after(progress)), (found) => {
        const { items, next } = accept(progress, found.items)
        // The page begins with the last contact, unless the one before it is deleted.
        if (found.items.length === 0 && progress.before !== undefined) return open({ ...progress, before: undefined })
        return Effect.succeed<Step>([
          items,
          items.length === 0 ? Option.none() : Option.some({ ...next, reader: undefined })
        ])
      })
    const step = (progress: Progress): Effect.Effect<Step, ContactError> => {
      const { reader } = progress
      if (reader === undefined) return open(progress)
      return Effect.tryPromise(() => reader.read()).pipe(
        Effect.timeout(timeouts.idle),
        // A response that fails is continued as one that ends.
        Effect.orElseSucceed(() => ({ value: undefined })),
        Effect.flatMap(({ value }) =>
          value === undefined
            ? confirm(progress)
            : Effect.mapError(
                readLines(progress, value),
                () =>
                  new UnexpectedResponse({
                    operation,
                    description: "list",
                    attempts: 1,
                    outcome: "unknown",
                    isRetryable: false
                  })
              )
        )
      )
    }
    return Stream.ensuring(
      Stream.paginate(start, step),
      Effect.sync(() => controller.abort())
    )
  }

  return {
    create: (fields: object) => write("Contact.create", "create", false, fields),
    ensure: (fields: object) => write("Contact.ensure", "ensure", true, fields),
    update: (id: string, fields: object) => write("Contact.update", `${encodeURIComponent(id)}/update`, true, fields),
    delete: (id: string) => write("Contact.delete", `${encodeURIComponent(id)}/delete`, true, {}),
    fetch: (id: string) =>
      run({ operation: "Contact.fetch", path: `${encodeURIComponent(id)}/fetch`, isSafe: true, read: json(contact) }),
    listPage,
    list
  }
}

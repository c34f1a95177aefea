/**
 * Controls jobs over HTTP: a server of yours has endpoints for the progress of a job, for pause, resume and cancel, and for joining a
 * run, all behind a bearer token. The client that is made from the same API calls them.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, FileSystem, Layer, Redacted, Schedule, Schema, Stream } from "effect"
import * as Jobs from "effect-chatbotkit/jobs"
import { JobRun } from "effect-chatbotkit/jobs/JobRun"
import * as SqliteJobs from "effect-chatbotkit/jobs/SqliteJobs"
import * as InMemory from "effect-chatbotkit/layers/InMemory"
import { FetchHttpClient, HttpClient, HttpClientRequest, HttpRouter, HttpServer } from "effect/http"
import {
  HttpApi,
  HttpApiBuilder,
  HttpApiClient,
  HttpApiEndpoint,
  HttpApiError,
  HttpApiGroup,
  HttpApiMiddleware,
  HttpApiSecurity
} from "effect/http-api"
import { WorkflowProxy, WorkflowProxyServer } from "effect/workflow"
import * as assert from "node:assert/strict"
import { createHash, timingSafeEqual } from "node:crypto"
import { createServer } from "node:http"

const job = "import of people"
const rowCount = 600

/** Lets only requests with the token through. */
class Bearer extends HttpApiMiddleware.Service<Bearer>()("example/Bearer", {
  security: { bearer: HttpApiSecurity.bearer },
  error: HttpApiError.UnauthorizedNoContent
}) {}

const params = { name: Schema.String }
const success = Jobs.JobProgress
const error = HttpApiError.NotFoundNoContent

const jobs = HttpApiGroup.make("jobs").add(
  HttpApiEndpoint.get("progress", "/jobs/:name", { params, success, error }),
  HttpApiEndpoint.post("pause", "/jobs/:name/pause", { params, success, error }),
  HttpApiEndpoint.post("resume", "/jobs/:name/resume", { params, success, error }),
  HttpApiEndpoint.post("cancel", "/jobs/:name/cancel", { params, success, error })
)

/** The runs of jobs, as `WorkflowProxy` serves workflows: a request to execute a run that is under way is answered at its end. */
const runs = WorkflowProxy.toHttpApiGroup("runs", [JobRun])

const api = HttpApi.make("control").add(jobs).add(runs).middleware(Bearer)

/** A job that does not exist is 404. A database that cannot be used is a defect, which is 500. */
const answer = <A, R>(effect: Effect.Effect<A, Jobs.JobNotFound | Jobs.JobsError, R>) =>
  effect.pipe(
    Effect.catchTag("JobNotFound", () => Effect.fail(new HttpApiError.NotFound())),
    Effect.catchTag("JobsError", Effect.die)
  )

const jobHandlers = HttpApiBuilder.group(api, "jobs", (handlers) =>
  Effect.map(Effect.context<Jobs.Jobs>(), (context) =>
    handlers.handleAll({
      progress: ({ params }) => answer(Jobs.progress(params.name)).pipe(Effect.provide(context)),
      pause: ({ params }) => answer(Jobs.pause(params.name)).pipe(Effect.provide(context)),
      resume: ({ params }) => answer(Jobs.resume(params.name)).pipe(Effect.provide(context)),
      cancel: ({ params }) => answer(Jobs.cancel(params.name)).pipe(Effect.provide(context))
    })
  )
)

const digest = (text: Redacted.Redacted) => createHash("sha256").update(Redacted.value(text)).digest()

const layerBearer = (token: Redacted.Redacted) =>
  Layer.succeed(Bearer, {
    bearer: (effect, { credential }) =>
      timingSafeEqual(digest(credential), digest(token)) ? effect : Effect.fail(new HttpApiError.Unauthorized())
  })

/** Your server, with a worker in the same process. */
const layerServer = (token: Redacted.Redacted) =>
  HttpApiBuilder.layer(api).pipe(
    Layer.provide([jobHandlers, WorkflowProxyServer.layerHttpApi(api, "runs", [JobRun])]),
    Layer.provide(layerBearer(token)),
    (routes) => HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }),
    Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
  )

/** A client of the server, with a token. */
const makeClient = Effect.fnUntraced(function* (token: string) {
  const { address } = yield* HttpServer.HttpServer
  return yield* HttpApiClient.make(api, {
    baseUrl: HttpServer.formatAddress(address),
    transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken(token))
  })
})

const control = Effect.gen(function* () {
  const rows = Stream.range(1, rowCount).pipe(Stream.map((row) => ({ name: `Person ${row}` })))
  yield* Jobs.submit(job, rows, { operation: "create", chunkSize: 100 })

  const stranger = yield* makeClient("guess")
  assert.equal((yield* Effect.flip(stranger.jobs.progress({ params: { name: job } })))._tag, "Unauthorized")

  const client = yield* makeClient("secret of mine")
  assert.equal((yield* Effect.flip(client.jobs.progress({ params: { name: "other" } })))._tag, "NotFound")
  const params = { name: job }
  const progress = client.jobs.progress({ params })
  const schedule = Schedule.spaced("100 millis")
  yield* Effect.repeat(progress, { schedule, until: ({ settled }) => settled > 0 })
  yield* client.jobs.pause({ params })
  // Rows under way are finished.
  const paused = yield* Effect.repeat(progress, { schedule, until: ({ isActive }) => !isActive })
  console.log(`${paused.state}: ${paused.settled} of ${paused.rows} rows`)
  const { id, run } = yield* client.jobs.resume({ params })
  yield* client.runs["effect-chatbotkit/Job/v1"]({ payload: { job: id, run } })
  const ended = yield* progress
  console.log(`${ended.state}: ${ended.settled} of ${ended.rows} rows`)
  assert.equal(ended.settled, rowCount)
})

const main = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const api = yield* InMemory.InMemory
  const folder = yield* fs.makeTempDirectoryScoped()
  yield* api.inject({ operation: "Contact.create", fault: InMemory.Fault.delay("50 millis") })
  const server = layerServer(Redacted.make("secret of mine"))
  const worker = SqliteJobs.layer({ filename: `${folder}/jobs.sqlite` })
  yield* control.pipe(Effect.provide(Layer.provideMerge(server, worker)), Effect.provide(FetchHttpClient.layer))
  assert.equal((yield* api.contacts()).length, rowCount)
})

await Effect.runPromise(main.pipe(Effect.scoped, Effect.provide(Layer.merge(InMemory.layer(), NodeFileSystem.layer))))

/** The workflow of a run of a job, for `WorkflowProxy` of `effect/workflow`, which serves workflows over HTTP. */
import * as Schema from "effect/Schema"
import * as Workflow from "effect/workflow/Workflow"

/**
 * A run of a job: one pass over the rows whose outcomes are not final. Workers execute the runs that `Jobs.submit` and
 * `Jobs.resume` ask for, so nobody else has to. To execute it again joins the run, or does nothing if the run has ended.
 *
 * The payload is stored in clear text: the id of the job, which is random, and the number of the run.
 */
export const JobRun = /* @__PURE__ */ Workflow.make("effect-chatbotkit/Job/v1", {
  payload: { job: Schema.String, run: Schema.Int },
  idempotencyKey: ({ job, run }) => `${job}/${run}`
})

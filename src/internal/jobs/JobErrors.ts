/** The failures of jobs. None of them holds data of a row. */
import * as Schema from "effect/Schema"

/** The name under which the schema of a failure is known. */
const identifier = <Tag extends string>(tag: Tag) => `effect-chatbotkit/Jobs/${tag}` as const

/** The database of the jobs cannot be read or written, or the job was removed meanwhile. */
export class JobsError
  extends /* @__PURE__ */ Schema.TaggedError<JobsError>(identifier("JobsError"))("JobsError", {
    /** The name of the job, if the failure is about one. */
    job: Schema.optionalKey(Schema.String),
    /** The failure in one sentence. */
    description: Schema.String
  })
{
  override get message(): string {
    return this.job === undefined ? this.description : `Job ${this.job}: ${this.description}`
  }
}

const job = {
  /** The name of the job. */
  job: Schema.String
}

/** There is no job of this name. */
export class JobNotFound
  extends /* @__PURE__ */ Schema.TaggedError<JobNotFound>(identifier("JobNotFound"))("JobNotFound", job)
{
  override get message(): string {
    return `Job ${this.job}: There is no job of this name`
  }
}

/** A run of the job is under way, or is requested. Pause or cancel the job, and wait for it. */
export class JobActive
  extends /* @__PURE__ */ Schema.TaggedError<JobActive>(identifier("JobActive"))("JobActive", job)
{
  override get message(): string {
    return `Job ${this.job}: A run is under way`
  }
}

/**
 * The job cannot be undone: it has no before-images of updates, or the name of its undo is taken by a job that does not undo its
 * latest run.
 */
export class JobNotUndoable
  extends /* @__PURE__ */ Schema.TaggedError<JobNotUndoable>(identifier("JobNotUndoable"))("JobNotUndoable", {
    ...job,
    /** The name of the other job, if it is in the way. Remove it first. */
    other: Schema.optionalKey(Schema.String)
  })
{
  override get message(): string {
    return this.other === undefined
      ? `Job ${this.job}: It is no update or upsert with the option beforeImages`
      : `Job ${this.job}: The job ${this.other} does not undo its latest run, and has to be removed first`
  }
}

/** A job has recorded no outcome for too long, although rows are left. */
export class JobStalled
  extends /* @__PURE__ */ Schema.TaggedError<JobStalled>(identifier("JobStalled"))("JobStalled", {
    ...job,
    /** The number of rows without a final outcome. */
    left: Schema.Int
  })
{
  override get message(): string {
    return `Job ${this.job}: No outcome was recorded for too long, and ${this.left} rows are left`
  }
}

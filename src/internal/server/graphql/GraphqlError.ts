/** An error of a request, given before its query runs (wire contract 12.3). */
export interface GraphqlError {
  readonly message: string
  readonly extensions?: { readonly code: string }
}

const coded = (code: string, message: string): GraphqlError => ({ message, extensions: { code } })

/** The request is wrong. */
export const badRequest = (message: string): GraphqlError => coded("BAD_REQUEST", message)

/** The query does not say which of its operations to run. */
export const noOperation: GraphqlError = coded(
  "OPERATION_RESOLUTION_FAILURE",
  "Could not determine what operation to execute."
)

/** Any failure that GraphQL Yoga does not know, so that it hides the text. */
export const unexpected: GraphqlError = coded("INTERNAL_SERVER_ERROR", "Unexpected error.")

/** GraphQL Yoga has no answer at all. */
export const noAnswer: GraphqlError = { message: "Failed to get reader from response body" }

/** The document of an error that leaves no data. */
export const toJson = (error: GraphqlError): string => JSON.stringify({ errors: [error] })

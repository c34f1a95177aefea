import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ContactConversation from "../../../ContactConversation.ts"
import * as ContactMemory from "../../../ContactMemory.ts"
import * as ContactRating from "../../../ContactRating.ts"
import * as ContactSpace from "../../../ContactSpace.ts"
import * as ContactTask from "../../../ContactTask.ts"
import * as ApiClient from "../../support/ApiClient.ts"
import * as Output from "../../support/Output.ts"
import * as Shapes from "../ItemShapes.ts"

/** The input of the lists: the contact, and what is listed. */
export interface ListInput extends ContactConversation.ListRequest {
  readonly contactId: string
}

/** The input of {@link searchMemories}. */
export interface SearchInput extends ContactMemory.SearchRequest {
  readonly contactId: string
}

export const conversations = ({ contactId, ...request }: ListInput) =>
  ApiClient.provide(Output.list(ContactConversation.list(contactId, request), Shapes.conversationShape))

export const memories = ({ contactId, ...request }: ListInput) =>
  ApiClient.provide(Output.list(ContactMemory.list(contactId, request), Shapes.memoryShape))

export const ratings = ({ contactId, ...request }: ListInput) =>
  ApiClient.provide(Output.list(ContactRating.list(contactId, request), Shapes.ratingShape))

export const spaces = ({ contactId, ...request }: ListInput) =>
  ApiClient.provide(Output.list(ContactSpace.list(contactId, request), Shapes.spaceShape))

export const tasks = ({ contactId, ...request }: ListInput) =>
  ApiClient.provide(Output.list(ContactTask.list(contactId, request), Shapes.taskShape))

/** Writes the memories that a search finds, the best first. */
export const searchMemories = ({ contactId, ...request }: SearchInput) =>
  ApiClient.provide(
    Effect.flatMap(ContactMemory.search(contactId, request), (found) =>
      Output.list(Stream.fromIterable(found), Shapes.matchShape)
    )
  )

import * as ContactEndpoints from "./contacts/ContactEndpoints.ts"
import type { Endpoint } from "./Endpoint.ts"
import * as GraphqlEndpoint from "./graphql/GraphqlEndpoint.ts"
import * as ItemEndpoints from "./items/ItemEndpoints.ts"
import * as MemorySearchEndpoint from "./items/MemorySearchEndpoint.ts"
import * as ContactLists from "./lists/ContactLists.ts"
import * as SecretProxy from "./secrets/proxy/SecretProxy.ts"
import * as SecretEndpoints from "./secrets/SecretEndpoints.ts"
import * as SecretLists from "./secrets/SecretLists.ts"

/** Every operation the API has (wire contract 3.1). */
export const endpoints: ReadonlyArray<Endpoint> = [
  ContactEndpoints.create,
  ContactEndpoints.ensure,
  ContactEndpoints.fetch,
  ContactEndpoints.update,
  ContactEndpoints.remove,
  ContactLists.list,
  ContactLists.exported,
  GraphqlEndpoint.find,
  ...ItemEndpoints.lists,
  MemorySearchEndpoint.search,
  SecretLists.list,
  SecretEndpoints.authenticate,
  SecretEndpoints.verify,
  SecretEndpoints.revoke,
  SecretEndpoints.mint,
  SecretProxy.proxy
]

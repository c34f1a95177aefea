import type { Case } from "./Case.ts"
import { ensures } from "./cases/Ensure.ts"
import { failingLists } from "./cases/FailingLists.ts"
import { filtersAndLimits } from "./cases/Filters.ts"
import { identifiers } from "./cases/Identifiers.ts"
import { itemChecks } from "./cases/items/ItemChecks.ts"
import { itemLists } from "./cases/items/ItemLists.ts"
import { itemRecords } from "./cases/items/ItemRecords.ts"
import { memorySearches } from "./cases/items/MemorySearches.ts"
import { lookupFilters } from "./cases/lookup/LookupFilters.ts"
import { lookupPages } from "./cases/lookup/LookupPages.ts"
import { lookupRequests } from "./cases/lookup/LookupRequests.ts"
import { lookupSchema } from "./cases/lookup/LookupSchema.ts"
import { retryGuide } from "./cases/RetryGuide.ts"
import { oauthValues } from "./cases/secrets/OAuthValues.ts"
import { proxyAnswers } from "./cases/secrets/ProxyAnswers.ts"
import { proxyRequests } from "./cases/secrets/ProxyRequests.ts"
import { secretActions } from "./cases/secrets/SecretActions.ts"
import { secretLists } from "./cases/secrets/SecretListCases.ts"
import { secretLookups } from "./cases/secrets/SecretLookups.ts"
import { secretValues } from "./cases/secrets/SecretValues.ts"
import { section0 } from "./cases/Section0.ts"
import { section1 } from "./cases/Section1.ts"
import { section2 } from "./cases/Section2.ts"
import { section3 } from "./cases/Section3.ts"
import { section4 } from "./cases/Section4.ts"
import { section5 } from "./cases/Section5.ts"
import { section6 } from "./cases/Section6.ts"
import { section7 } from "./cases/Section7.ts"
import { slowReplies } from "./cases/SlowReplies.ts"
import { storage } from "./cases/Storage.ts"

/** All cases, in the order of the contract. */
export const cases: ReadonlyArray<Case> = [
  ...section0,
  ...section1,
  ...section2,
  ...storage,
  ...identifiers,
  ...section3,
  ...ensures,
  ...itemRecords,
  ...itemLists,
  ...itemChecks,
  ...memorySearches,
  ...secretLists,
  ...secretLookups,
  ...secretValues,
  ...oauthValues,
  ...secretActions,
  ...proxyRequests,
  ...proxyAnswers,
  ...section4,
  ...filtersAndLimits,
  ...section5,
  ...failingLists,
  ...slowReplies,
  ...section6,
  ...section7,
  ...retryGuide,
  ...lookupRequests,
  ...lookupSchema,
  ...lookupFilters,
  ...lookupPages
]

// Package api is the desk as REST: the same acts and the same rights as the
// pages, for programs.
//
//	request --token--> clerk, with no more rights than the token's scopes
//	        --huma---> checked input --> desk.Desk --> JSON, or a problem (RFC 9457)
//
// The description is OpenAPI 3.1, made from the very types that are served, at
// /api/v1/openapi.json.
//
// Decisions:
//   - A program acts for a clerk, by a token that the clerk made. There is no
//     other way in: the pages' cookies do not open the API, so no foreign page
//     can use it.
//   - What one may not see is 404, the same as what is not there.
//   - A request that changes something may carry an Idempotency-Key; repeated
//     within a day it gets its first answer. Without one, the acts themselves
//     still look whether they were done.
//   - Lists are pages by cursor; a cursor is the id behind which the next page
//     begins, and no total is told.
//   - The stream of events says that something changed, never what stands in a
//     letter, and only about what the clerk may see.
package api

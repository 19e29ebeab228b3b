/**
 * Of a cursor in a list of users: which key it goes on by, and the id of the user that it stands behind. It stands in addresses of pages,
 * so it holds no email.
 */
export const userCursorShape = /^(?:username|email)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

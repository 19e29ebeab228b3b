import { requireRole, requireRoleAndStepUp, router } from "../init.ts";
import {
  createUserInput,
  findUsersInput,
  managedAuditLogInput,
  managedSessionInput,
  managedUserInput,
  setRoleInput,
} from "../input.ts";
import { auditPageOutput, credentialsOutput, managedUserOutput, sessionsOutput } from "../output.ts";

const reading = requireRole("admin");
const changing = requireRoleAndStepUp("admin");

/** Other people's accounts, for administrators. What cannot be taken back with a click asks for the password first. */
export const adminRouter = router({
  users: reading.input(findUsersInput).query(async ({ ctx, input }) => {
    const { users, nextCursor } = await ctx.auth.admin.findUsers(input.text, input.cursor ?? undefined);
    return { users: users.map(managedUserOutput), nextCursor };
  }),

  user: reading.input(managedUserInput).query(async ({ ctx, input }) => {
    const { user, sessions, credentials } = await ctx.auth.admin.findUser(input.userId);
    return {
      user: managedUserOutput(user),
      credentials: credentialsOutput(credentials),
      ...sessionsOutput(sessions, ctx.session.id),
    };
  }),

  timeline: reading.input(managedAuditLogInput).query(async ({ ctx, input }) => {
    const { userId, cursor, limit } = input;
    const page = await ctx.auth.listAuditEntries(userId, { before: cursor ?? undefined, limit });
    return auditPageOutput(page, ctx.session.id);
  }),

  createUser: changing.input(createUserInput).mutation(async ({ ctx, input }) => {
    const { user, isInvited } = await ctx.auth.admin.createUser({ ...input, actor: ctx.user.id });
    return { user: managedUserOutput(user), invited: isInvited };
  }),

  sendInvitation: changing.input(managedUserInput).mutation(async ({ ctx, input }) => {
    await ctx.auth.admin.sendInvitation({ ...input, actor: ctx.user.id });
    return { invited: true as const };
  }),

  endSession: changing.input(managedSessionInput).mutation(async ({ ctx, input }) => {
    await ctx.auth.admin.endSession({ ...input, actor: ctx.user.id });
    return { ended: 1 };
  }),

  endSessions: changing.input(managedUserInput).mutation(async ({ ctx, input }) => ({
    ended: await ctx.auth.admin.endSessions({ ...input, actor: ctx.user.id }),
  })),

  disable: changing.input(managedUserInput).mutation(async ({ ctx, input }) => {
    await ctx.auth.admin.disable({ ...input, actor: ctx.user.id });
    return { disabled: true as const };
  }),

  enable: changing.input(managedUserInput).mutation(async ({ ctx, input }) => {
    await ctx.auth.admin.enable({ ...input, actor: ctx.user.id });
    return { disabled: false as const };
  }),

  setRole: changing.input(setRoleInput).mutation(async ({ ctx, input }) => {
    await ctx.auth.admin.setRole({ ...input, actor: ctx.user.id });
    return { role: input.role };
  }),
});

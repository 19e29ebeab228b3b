import { requireRole, requireRoleAndProof, router } from "../init.ts";
import { findUsersInput, managedSessionInput, managedTimelineInput, managedUserInput, setRoleInput } from "../input.ts";
import { managedUserAnswer, sessionsAnswer, timelineAnswer } from "../output.ts";

const reading = requireRole("admin");
const changing = requireRoleAndProof("admin");

/** Other people's accounts, for administrators. What cannot be taken back with a click asks for the password first. */
export const adminRouter = router({
  users: reading.input(findUsersInput).query(async ({ ctx, input }) => {
    const { users, more } = await ctx.auth.admin.findUsers(input.text);
    return { users: users.map(managedUserAnswer), more };
  }),

  user: reading.input(managedUserInput).query(async ({ ctx, input }) => {
    const { user, sessions } = await ctx.auth.admin.findUser(input.userId);
    return { user: managedUserAnswer(user), ...sessionsAnswer(sessions, ctx.session.id) };
  }),

  timeline: reading.input(managedTimelineInput).query(async ({ ctx, input }) => {
    const { userId, cursor, limit } = input;
    const page = await ctx.auth.listTimeline(userId, { before: cursor ?? undefined, limit });
    return timelineAnswer(page, ctx.session.id);
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

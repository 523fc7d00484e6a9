/** What somebody's roles allow, so that nothing is offered that would be refused. The server decides. @module */

const has = (who, ...roles) => who?.roles.some((each) => roles.includes(each)) ?? false;

/** Whether somebody may write and fork. */
export function mayWrite(who) {
  return has(who, "operator", "modeller", "approver", "admin");
}

/** Whether somebody may bring a fork into its parent. */
export function mayPromote(who) {
  return has(who, "approver", "admin");
}

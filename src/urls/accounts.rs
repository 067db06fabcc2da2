//! Paths of accounts beyond signing in and out: the second step, changes of address, leaving, the instance's settings.

use super::{ORGANISATIONS, own_path};
use crate::domain::ids::Slug;

pub const SIGN_IN_CODE: &str = "/sign-in/code";
pub const SECOND_STEP: &str = "/account/second-step";
pub const SECOND_STEP_BEGIN: &str = "/account/second-step/begin";
pub const SECOND_STEP_CONFIRM: &str = "/account/second-step/confirm";
pub const SECOND_STEP_CODES: &str = "/account/second-step/codes";
pub const SECOND_STEP_OFF: &str = "/account/second-step/off";
pub const ACCOUNT_EMAIL: &str = "/account/email";
pub const MANAGE_SETTINGS: &str = "/manage/settings";
pub const MANAGE_SETTINGS_STEP: &str = "/manage/settings/second-step";
pub const MANAGE_SETTINGS_RESTORE: &str = "/manage/settings/restore";

/// Where the code is asked for, and where to go on to.
pub fn sign_in_code(next: &str, remember: bool) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", own_path(next));
    if remember {
        query.append_pair("remember", "yes");
    }
    format!("{SIGN_IN_CODE}?{}", query.finish())
}

/// By which an account gets a new address.
pub fn new_address(token: &str) -> String {
    format!("/new-address/{token}")
}

/// By which an account gets its old address back.
pub fn old_address(token: &str) -> String {
    format!("/old-address/{token}")
}

/// Where a member leaves an organisation.
pub fn leave(organisation: &Slug) -> String {
    format!("{ORGANISATIONS}/{organisation}/leave")
}

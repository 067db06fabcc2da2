//! Accounts: registering, signing in and out, and one's own account. Not what anybody may do elsewhere: that is `domain::policy`.

mod code;
mod confirm;
mod email;
mod forgotten_password;
mod gone;
mod new_address;
mod old_address;
mod overview;
mod register;
mod reset_password;
mod second_step;
mod sent;
mod service;
mod sign_in;
mod sign_in_link;
mod start;
mod today_link;

use actix_web::web::{self, ServiceConfig};

use crate::urls;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource(urls::REGISTER).get(register::get).post(register::post))
        .service(web::resource("/confirm/{token}").get(confirm::get).post(confirm::post))
        .service(web::resource("/start/{token}").get(start::get).post(start::post))
        .service(web::resource(urls::SIGN_IN).get(sign_in::get).post(sign_in::post))
        .service(web::resource(urls::SIGN_IN_LINK).post(sign_in_link::ask))
        .service(web::resource(urls::TODAY_LINK).post(today_link::ask))
        .service(web::resource("/sign-in/today/{token}").get(today_link::get).post(today_link::post))
        .service(web::resource("/sign-in/link/{token}").get(sign_in_link::get).post(sign_in_link::post))
        .service(web::resource(urls::SIGN_IN_CODE).get(code::get).post(code::post))
        .service(web::resource("/new-address/{token}").get(new_address::get).post(new_address::post))
        .service(web::resource("/old-address/{token}").get(old_address::get).post(old_address::post))
        .service(web::resource(urls::SECOND_STEP).get(second_step::get))
        .service(web::resource(urls::SECOND_STEP_BEGIN).post(second_step::begin))
        .service(web::resource(urls::SECOND_STEP_CONFIRM).post(second_step::confirm))
        .service(web::resource(urls::SECOND_STEP_CODES).post(second_step::new_codes))
        .service(web::resource(urls::SECOND_STEP_OFF).post(second_step::turn_off))
        .service(web::resource(urls::ACCOUNT_EMAIL).post(email::post))
        .service(web::resource(urls::SIGN_OUT).post(sign_in::sign_out))
        .service(web::resource(urls::FORGOTTEN).get(forgotten_password::get).post(forgotten_password::post))
        .service(web::resource("/reset-password/{token}").get(reset_password::get).post(reset_password::post))
        .service(web::resource(urls::ACCOUNT).get(overview::get))
        .service(web::resource(urls::ACCOUNT_NAME).post(overview::rename))
        .service(web::resource(urls::ACCOUNT_PASSWORD).post(overview::change_password))
        .service(web::resource(urls::ACCOUNT_SESSION).post(overview::end_session))
        .service(web::resource(urls::ACCOUNT_SESSIONS).post(overview::end_others));
}

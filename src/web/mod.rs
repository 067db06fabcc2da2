//! The toolkit for pages: who is asking, forms that cannot be forged, the frame around a page, errors and assets. It knows no feature.

pub mod access;
pub mod assets;
pub mod chrome;
pub mod csrf;
pub mod csv;
pub mod device;
mod done;
pub mod error_page;
pub mod forms;
pub mod leaving;
pub mod limits;
pub mod looks;
pub mod notices;
pub mod page;
pub mod plan;
pub mod qr;
pub mod repeat;
pub mod second_step;
pub mod state;
pub mod today_only;
pub mod upload;
pub mod when;

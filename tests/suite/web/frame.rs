//! What every page and every form has in common: headers, errors, limits, protection from forgery.

use crate::support::server::servers;

#[test]
fn a_page_that_is_not_there_is_calm_and_has_a_reference() {
    for server in servers() {
        let page = server.visitor().get("/nowhere").must_be(404);
        assert_eq!(page.h1(), "We cannot find that page");
        assert!(page.text("main small").unwrap().starts_with("Reference "));
        assert!(page.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    }
}

#[test]
fn assets_are_kept_for_good_under_a_name_with_their_hash() {
    for server in servers() {
        let browser = server.visitor();
        let css = browser.get("/help").must_be(200).attr("link[rel=stylesheet]", "href").unwrap();
        let page = browser.get(&css).must_be(200);
        assert!(page.header("cache-control").unwrap().contains("immutable"));
        browser.header("If-None-Match", page.header("etag").unwrap());
        browser.get(&css).must_be(304);
        browser.get("/static/app.css").must_be(404);
    }
}

#[test]
fn health_and_readiness_answer() {
    for server in servers() {
        assert_eq!(server.visitor().get("/healthz").must_be(200).body, "alive\n");
        server.visitor().get("/readyz").must_be(200);
    }
}

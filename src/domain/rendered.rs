//! A mail that is ready to go: rendered once, queued with the deed that caused it. Not how it is rendered or delivered.

use super::ids::{BookingId, PersonId, SiteId};
use super::person::Email;
use super::span::Instant;

/// What a mail is about; stored, shown to staff, never with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailKind {
    ConfirmAddress,
    AddressTaken,
    SignInLink,
    ResetPassword,
    OrganisationApplied,
    OrganisationApproved,
    OrganisationDeclined,
    Invitation,
    RequestReceived,
    DecisionNeeded,
    DecisionReminder,
    Tomorrow,
    Confirmed,
    Declined,
    Cancelled,
    Withdrawn,
    Expired,
    Displaced,
    Reinstated,
    Conditional,
    Changed,
    ChangeAsked,
    ChangeDeclined,
    Offer,
    OfferLapsed,
    StillNeeded,
    SeriesEnding,
    Shared,
    ShareEnded,
    PlotOffer,
    PlotOfferLapsed,
    TenancyBegun,
    TenancyRenewed,
    TenancyNotice,
    StillInterested,
    LineLapsed,
    PapersAwaited,
    PaperAccepted,
    PaperReturned,
    PaperToLookAt,
    PaperRunsOut,
    PaperRanOut,
    SlotConfirm,
    SlotBooked,
    SlotCancelled,
    Opening,
    FaultReported,
    FaultNear,
    FaultMended,
    ToRead,
    AttendanceWanted,
    AttendanceReminder,
    NoShow,
    DutyGiven,
    DutyChanged,
    DutyEnded,
    DutyHandedBack,
    TodayLink,
}

impl MailKind {
    pub const ALL: [Self; 58] = [
        Self::ConfirmAddress,
        Self::AddressTaken,
        Self::SignInLink,
        Self::ResetPassword,
        Self::OrganisationApplied,
        Self::OrganisationApproved,
        Self::OrganisationDeclined,
        Self::Invitation,
        Self::RequestReceived,
        Self::DecisionNeeded,
        Self::DecisionReminder,
        Self::Tomorrow,
        Self::Confirmed,
        Self::Declined,
        Self::Cancelled,
        Self::Withdrawn,
        Self::Expired,
        Self::Displaced,
        Self::Reinstated,
        Self::Conditional,
        Self::Changed,
        Self::ChangeAsked,
        Self::ChangeDeclined,
        Self::Offer,
        Self::OfferLapsed,
        Self::StillNeeded,
        Self::SeriesEnding,
        Self::Shared,
        Self::ShareEnded,
        Self::PlotOffer,
        Self::PlotOfferLapsed,
        Self::TenancyBegun,
        Self::TenancyRenewed,
        Self::TenancyNotice,
        Self::StillInterested,
        Self::LineLapsed,
        Self::PapersAwaited,
        Self::PaperAccepted,
        Self::PaperReturned,
        Self::PaperToLookAt,
        Self::PaperRunsOut,
        Self::PaperRanOut,
        Self::SlotConfirm,
        Self::SlotBooked,
        Self::SlotCancelled,
        Self::Opening,
        Self::FaultReported,
        Self::FaultNear,
        Self::FaultMended,
        Self::ToRead,
        Self::AttendanceWanted,
        Self::AttendanceReminder,
        Self::NoShow,
        Self::DutyGiven,
        Self::DutyChanged,
        Self::DutyEnded,
        Self::DutyHandedBack,
        Self::TodayLink,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::ConfirmAddress => "confirm_address",
            Self::AddressTaken => "address_taken",
            Self::SignInLink => "sign_in_link",
            Self::ResetPassword => "reset_password",
            Self::OrganisationApplied => "organisation_applied",
            Self::OrganisationApproved => "organisation_approved",
            Self::OrganisationDeclined => "organisation_declined",
            Self::Invitation => "invitation",
            Self::RequestReceived => "request_received",
            Self::DecisionNeeded => "decision_needed",
            Self::DecisionReminder => "decision_reminder",
            Self::Tomorrow => "tomorrow",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Displaced => "displaced",
            Self::Reinstated => "reinstated",
            Self::Conditional => "conditional",
            Self::Changed => "changed",
            Self::ChangeAsked => "change_asked",
            Self::ChangeDeclined => "change_declined",
            Self::Offer => "offer",
            Self::OfferLapsed => "offer_lapsed",
            Self::StillNeeded => "still_needed",
            Self::SeriesEnding => "series_ending",
            Self::Shared => "shared",
            Self::ShareEnded => "share_ended",
            Self::PlotOffer => "plot_offer",
            Self::PlotOfferLapsed => "plot_offer_lapsed",
            Self::TenancyBegun => "tenancy_begun",
            Self::TenancyRenewed => "tenancy_renewed",
            Self::TenancyNotice => "tenancy_notice",
            Self::StillInterested => "still_interested",
            Self::LineLapsed => "line_lapsed",
            Self::PapersAwaited => "papers_awaited",
            Self::PaperAccepted => "paper_accepted",
            Self::PaperReturned => "paper_returned",
            Self::PaperToLookAt => "paper_to_look_at",
            Self::PaperRunsOut => "paper_runs_out",
            Self::PaperRanOut => "paper_ran_out",
            Self::SlotConfirm => "slot_confirm",
            Self::SlotBooked => "slot_booked",
            Self::SlotCancelled => "slot_cancelled",
            Self::Opening => "opening",
            Self::FaultReported => "fault_reported",
            Self::FaultNear => "fault_near",
            Self::FaultMended => "fault_mended",
            Self::ToRead => "to_read",
            Self::AttendanceWanted => "attendance_wanted",
            Self::AttendanceReminder => "attendance_reminder",
            Self::NoShow => "no_show",
            Self::DutyGiven => "duty_given",
            Self::DutyChanged => "duty_changed",
            Self::DutyEnded => "duty_ended",
            Self::DutyHandedBack => "duty_handed_back",
            Self::TodayLink => "today_link",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The words for the list that staff see.
    pub fn words(self) -> &'static str {
        match self {
            Self::ConfirmAddress => "Confirm address",
            Self::AddressTaken => "Address already known",
            Self::SignInLink => "Sign-in link",
            Self::ResetPassword => "Reset password",
            Self::OrganisationApplied => "Organisation applied",
            Self::OrganisationApproved => "Organisation approved",
            Self::OrganisationDeclined => "Organisation declined",
            Self::Invitation => "Invitation",
            Self::RequestReceived => "Request received",
            Self::DecisionNeeded => "Decision needed",
            Self::DecisionReminder => "Decision reminder",
            Self::Tomorrow => "Reminder the day before",
            Self::Confirmed => "Confirmed",
            Self::Declined => "Declined",
            Self::Cancelled => "Cancelled",
            Self::Withdrawn => "Withdrawn",
            Self::Expired => "Expired",
            Self::Displaced => "Place lost",
            Self::Reinstated => "Put back",
            Self::Conditional => "Approved on a condition",
            Self::Changed => "Changed",
            Self::ChangeAsked => "Change asked for",
            Self::ChangeDeclined => "Change declined",
            Self::Offer => "Waiting-list offer",
            Self::OfferLapsed => "Waiting-list offer ran out",
            Self::StillNeeded => "Still needed?",
            Self::SeriesEnding => "Series ending",
            Self::Shared => "Shared",
            Self::ShareEnded => "No longer shared",
            Self::PlotOffer => "Plot offered",
            Self::PlotOfferLapsed => "Plot offer ran out",
            Self::TenancyBegun => "Plot let",
            Self::TenancyRenewed => "Tenancy renewed",
            Self::TenancyNotice => "Notice received",
            Self::StillInterested => "Still interested?",
            Self::LineLapsed => "Left the plot list unanswered",
            Self::PapersAwaited => "Waits for papers",
            Self::PaperAccepted => "Paper accepted",
            Self::PaperReturned => "Paper sent back",
            Self::PaperToLookAt => "Paper to look at",
            Self::PaperRunsOut => "Paper runs out",
            Self::PaperRanOut => "Paper ran out",
            Self::SlotConfirm => "Confirm a drop-off",
            Self::SlotBooked => "Slot booked",
            Self::SlotCancelled => "Slot cancelled",
            Self::Opening => "Opening and locking up",
            Self::FaultReported => "Fault reported",
            Self::FaultNear => "Fault near a booking",
            Self::FaultMended => "Fault mended",
            Self::ToRead => "Something to read",
            Self::AttendanceWanted => "How did it go?",
            Self::AttendanceReminder => "How did it go? Reminder",
            Self::NoShow => "Nobody came",
            Self::DutyGiven => "Duty given",
            Self::DutyChanged => "Duty changed",
            Self::DutyEnded => "Duty ended",
            Self::DutyHandedBack => "Duty handed back",
            Self::TodayLink => "Link to own sessions",
        }
    }

    /// Mails that carry a link that is a right by itself; their text is erased at delivery and they are never sent again.
    pub fn holds_token(self) -> bool {
        matches!(
            self,
            Self::ConfirmAddress
                | Self::SignInLink
                | Self::ResetPassword
                | Self::Invitation
                | Self::SlotConfirm
                | Self::SlotBooked
                | Self::AttendanceWanted
                | Self::AttendanceReminder
                | Self::TodayLink
        ) || self.opens_a_plot()
    }

    /// Mails about plots open their page without an account.
    fn opens_a_plot(self) -> bool {
        matches!(
            self,
            Self::PlotOffer
                | Self::PlotOfferLapsed
                | Self::TenancyBegun
                | Self::TenancyRenewed
                | Self::TenancyNotice
                | Self::StillInterested
                | Self::LineLapsed
        )
    }
}

/// The calendar part of a mail (RFC 5545), with its iTIP method (RFC 5546).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarPart {
    pub method: &'static str,
    pub text: String,
}

/// A mail to one person.
#[derive(Debug, Clone)]
pub struct Rendered {
    pub kind: MailKind,
    pub to: Email,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub calendar: Option<CalendarPart>,
    pub site: Option<SiteId>,
    pub booking: Option<BookingId>,
    pub person: Option<PersonId>,
    pub reply_to: Option<Email>,
    /// Mails of one booking share a thread.
    pub thread: Option<String>,
    /// Dropped, not sent, when it has not left by then.
    pub not_after: Option<Instant>,
    /// Something that is mailed once only has a key of its own.
    pub once: Option<String>,
}

use similari::trackers::sort::metric::DEFAULT_MINIMAL_SORT_CONFIDENCE;
use similari::trackers::sort::simple_api::Sort;
use similari::trackers::sort::PositionalMetricType::IoU;
use similari::trackers::sort::DEFAULT_SORT_IOU_THRESHOLD;
use similari::utils::bbox::BoundingBox;
fn main() {
    let mut t = Sort::new(1, 10, 1, IoU(DEFAULT_SORT_IOU_THRESHOLD), DEFAULT_MINIMAL_SORT_CONFIDENCE, None);
    println!("{:?}", t.predict(&[(BoundingBox::new(1.0, 2.0, 10.0, 10.0).into(), None)]).len());
}

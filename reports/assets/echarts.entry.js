// What the report's charts need of ECharts; bundle.sh makes echarts.min.js of it.
import { use, init, format } from "echarts/core";
import { LineChart, CustomChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([LineChart, CustomChart, GridComponent, TooltipComponent, SVGRenderer]);
export { init, format };

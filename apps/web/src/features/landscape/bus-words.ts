import type { DrainForecast } from '@pult/shared/contracts/bus';
import { useTranslation } from 'react-i18next';
import { formatMinutes } from '../../lib/format/duration.ts';
import { formatNumber } from '../../lib/format/number.ts';

/** When a lag will be gone, in words: «убудет за ~4 мин», «растёт, +30/мин». */
export function useForecastText(): (forecast: DrainForecast) => string {
  const { t } = useTranslation();
  return (forecast) => {
    switch (forecast.kind) {
      case 'falling':
        return t('bus.forecast.falling', { time: formatMinutes(forecast.inMs) });
      case 'growing':
        return t('bus.forecast.growing', { value: formatNumber(forecast.perMinute, forecast.perMinute < 10 ? 1 : 0) });
      case 'drained':
      case 'steady':
      case 'unknown':
        return t(`bus.forecast.${forecast.kind}`);
    }
  };
}
